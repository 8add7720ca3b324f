@_exported import Foundation
import OnnxRuntime

// Stand-in for Apple's framework of that name, over ONNX Runtime, for tests on Linux: it proves our code, not Apple's. What a package
// computes is taken from the ONNX graph of the same direction in the same bundle, in fp32. Declared as in
// https://developer.apple.com/documentation/coreml/mlmodel, .../mlmodelconfiguration, .../mlmultiarray and .../mlfeaturevalue.

public enum MLComputeUnits: Int, Sendable {
    case cpuOnly = 0, cpuAndGPU = 1, all = 2, cpuAndNeuralEngine = 3
}

public final class MLModelConfiguration {
    public var computeUnits = MLComputeUnits.all
    public var allowLowPrecisionAccumulationOnGPU = false

    public init() {}
}

public enum MLMultiArrayDataType: Sendable {
    case float32, float16
}

/// Rows are longer than they need be, as Core ML's are for alignment: who takes strides for granted is found out.
public final class MLMultiArray {
    public let shape: [NSNumber]
    public let strides: [NSNumber]
    public let dataType: MLMultiArrayDataType
    private var floats: [Float]
    static let padding = 3

    public init(shape: [NSNumber], dataType: MLMultiArrayDataType) throws {
        (self.shape, self.dataType) = (shape, dataType)
        var (strides, step) = ([Int](), 1)
        for (index, length) in shape.map(\.intValue).enumerated().reversed() {
            strides.insert(step, at: 0)
            step *= length + (index == shape.count - 1 && length > 1 ? Self.padding : 0)
        }
        self.strides = strides.map { NSNumber(value: $0) }
        floats = [Float](repeating: 0, count: step)
    }

    public subscript(index: Int) -> NSNumber {
        get { NSNumber(value: floats[place(index)]) }
        set { floats[place(index)] = newValue.floatValue }
    }

    public func withUnsafeMutableBufferPointer<S, R>(
        ofType type: S.Type, _ body: (UnsafeMutableBufferPointer<S>, [Int]) throws -> R
    ) rethrows -> R {
        precondition(type == Float.self && dataType == .float32)
        return try floats.withUnsafeMutableBytes { try body($0.bindMemory(to: type), strides.map(\.intValue)) }
    }

    public func withUnsafeBufferPointer<S, R>(ofType type: S.Type, _ body: (UnsafeBufferPointer<S>) throws -> R) rethrows -> R {
        precondition(type == Float.self && dataType == .float32)
        return try floats.withUnsafeBytes { try body($0.bindMemory(to: type)) }
    }

    var count: Int { shape.reduce(1) { $0 * $1.intValue } }

    /// Where the `index`-th number in C order lies.
    private func place(_ index: Int) -> Int {
        var (left, place) = (index, 0)
        for (length, stride) in zip(shape, strides).reversed() {
            place += left % length.intValue * stride.intValue
            left /= length.intValue
        }
        return place
    }

    /// In C order, without gaps; those of a row lie side by side.
    var values: [Float] {
        get {
            let row = shape.last?.intValue ?? 1
            return stride(from: 0, to: count, by: row).flatMap { floats[place($0)..<place($0) + row] }
        }
        set {
            let row = shape.last?.intValue ?? 1
            for start in stride(from: 0, to: count, by: row) {
                floats.replaceSubrange(place(start)..<place(start) + row, with: newValue[start..<start + row])
            }
        }
    }
}

public final class MLFeatureValue {
    public let multiArrayValue: MLMultiArray?

    public init(multiArray: MLMultiArray) {
        multiArrayValue = multiArray
    }
}

public protocol MLFeatureProvider {
    var featureNames: Set<String> { get }
    func featureValue(for name: String) -> MLFeatureValue?
}

public final class MLDictionaryFeatureProvider: MLFeatureProvider {
    private let features: [String: MLFeatureValue]

    public init(dictionary: [String: Any]) throws {
        features = dictionary.compactMapValues { $0 as? MLFeatureValue }
    }

    public var featureNames: Set<String> { Set(features.keys) }

    public func featureValue(for name: String) -> MLFeatureValue? {
        features[name]
    }
}

public final class MLModel {
    private struct Names: Codable {
        let inputs: [String]
        let output: String
    }

    private let session: Session
    private let names: Names

    private init(_ session: Session, _ names: Names) {
        (self.session, self.names) = (session, names)
    }

    /// A folder with the ONNX graph and the names of its inputs and output.
    public class func compileModel(at url: URL) async throws -> URL {
        let bundle = url.deletingLastPathComponent().deletingLastPathComponent()
        let manifest = try JSONSerialization.jsonObject(with: Data(contentsOf: bundle.appendingPathComponent("manifest.json")))
        let artifacts = (manifest as? [String: Any])?["artifacts"] as? [[String: Any]] ?? []
        let path = "\(url.deletingLastPathComponent().lastPathComponent)/\(url.lastPathComponent)"
        guard
            FileManager.default.fileExists(atPath: url.appendingPathComponent("Manifest.json").path),
            let direction = artifacts.first(where: { $0["path"] as? String == path })?["direction"] as? String,
            let graph = artifacts.first(where: {
                ($0["format"] as? String, $0["direction"] as? String, $0["precision"] as? String) == ("onnx", direction, "fp32")
            }),
            let file = graph["path"] as? String,
            let output = (graph["result"] as? [String: Any])?["name"] as? String
        else {
            throw OnnxError(description: "\(path): no package, or no ONNX graph of its direction in the bundle")
        }
        let inputs = ["image", "output", "parameters"].compactMap { (graph[$0] as? [String: Any])?["name"] as? String }
        let compiled = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).mlmodelc")
        try FileManager.default.createDirectory(at: compiled, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: bundle.appendingPathComponent(file),
            to: compiled.appendingPathComponent("graph.onnx")
        )
        try JSONEncoder().encode(Names(inputs: inputs, output: output)).write(to: compiled.appendingPathComponent("names.json"))
        return compiled
    }

    public class func load(
        contentsOf url: URL, configuration: MLModelConfiguration = MLModelConfiguration()
    ) async throws -> MLModel {
        let names = try JSONDecoder().decode(Names.self, from: Data(contentsOf: url.appendingPathComponent("names.json")))
        return MLModel(try Session(url.appendingPathComponent("graph.onnx")), names)
    }

    public func prediction(from input: any MLFeatureProvider) throws -> any MLFeatureProvider {
        guard input.featureNames == Set(names.inputs) else {
            throw OnnxError(description: "takes \(names.inputs), was given \(input.featureNames)")
        }
        let arrays = names.inputs.compactMap { input.featureValue(for: $0)?.multiArrayValue }
        let given = zip(names.inputs, arrays).map { (name: $0, shape: $1.shape.map(\.int64Value), values: $1.values) }
        let result = try MLMultiArray(shape: arrays[0].shape, dataType: .float32)
        result.values = try session.run(given, output: names.output)
        return try MLDictionaryFeatureProvider(dictionary: [names.output: MLFeatureValue(multiArray: result)])
    }
}
