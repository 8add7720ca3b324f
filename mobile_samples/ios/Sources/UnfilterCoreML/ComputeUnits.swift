import CoreML
import Unfilter

extension MLComputeUnits {
    /// In words, for people.
    public var name: String {
        switch self {
        case .cpuOnly: return "CPU"
        case .cpuAndGPU: return "GPU and CPU"
        case .cpuAndNeuralEngine: return "Neural Engine and CPU"
        case .all: return "Neural Engine, GPU and CPU"
        @unknown default: return "compute units \(rawValue)"
        }
    }

    /// Whether they may hand a graph of that precision to the Neural Engine, which takes none in fp32.
    func mayUseNeuralEngine(_ precision: Precision) -> Bool {
        precision != .fp32 && (self == .all || self == .cpuAndNeuralEngine)
    }
}
