import CoreML
import Foundation
import Unfilter

/// Core ML on the compute units of your choice. fp32 packages run on GPU and CPU; the Neural Engine takes fp16 and w8.
public struct CoreMLRuntime: Runtime {
    public let computeUnits: MLComputeUnits
    public let precision: Precision

    public init(computeUnits: MLComputeUnits = .all, precision: Precision = .fp32) {
        self.computeUnits = computeUnits
        self.precision = precision
    }

    public func openGraph(_ bundle: Unfilter.Bundle, _ direction: Direction) async throws -> sending any Graph {
        let artifact = try bundle.artifact(format: .mlpackage, direction: direction, precision: precision)
        let configuration = MLModelConfiguration()
        configuration.computeUnits = computeUnits
        configuration.allowLowPrecisionAccumulationOnGPU = false
        let model = try await CompiledModels().load(bundle, artifact, configuration)
        return CoreMLGraph(artifact, model, wholeTiles: computeUnits.mayUseNeuralEngine(precision))
    }
}

private final class CoreMLGraph: Graph {
    private let artifact: Artifact
    private let model: MLModel
    /// The Neural Engine takes a package of flexible size at its default size only, which is a whole tile. A smaller photo, or the last tile
    /// of a plan with a grid (R4), runs on the other units.
    let fixedSize: Bool

    init(_ artifact: Artifact, _ model: MLModel, wholeTiles: Bool) {
        (self.artifact, self.model) = (artifact, model)
        fixedSize = wholeTiles || artifact.fixedSize == true
    }

    func run(_ image: [Float], height: Int, width: Int, places: [Float], output: [Float]?) throws -> [Float] {
        var inputs = [artifact.image.name: try planes(image, height, width)]
        if let guide = artifact.output, let output {
            inputs[guide.name] = try planes(output, height, width)
        }
        if let parameters = artifact.parameters {
            let values = try MLMultiArray(shape: [1, NSNumber(value: parameters.channels), 1, 1], dataType: .float32)
            for (index, value) in places.enumerated() {
                values[index] = NSNumber(value: value)
            }
            inputs[parameters.name] = MLFeatureValue(multiArray: values)
        }
        let outputs = try model.prediction(from: MLDictionaryFeatureProvider(dictionary: inputs))
        guard let result = outputs.featureValue(for: artifact.result.name)?.multiArrayValue, result.dataType == .float32 else {
            throw BundleError("\(artifact.path): has no result \(artifact.result.name) in float32")
        }
        let strides = result.strides.map(\.intValue)
        var values = [Float](repeating: 0, count: image.count)
        result.withUnsafeBufferPointer(ofType: Float.self) { buffer in
            each(height, width) { plane, y, x, place in
                values[place] = buffer[plane * strides[1] + y * strides[2] + x * strides[3]]
            }
        }
        return values
    }
}

/// Height x width x 3 as the planes that a package takes.
private func planes(_ image: [Float], _ height: Int, _ width: Int) throws -> MLFeatureValue {
    let planes = try MLMultiArray(shape: [1, 3, NSNumber(value: height), NSNumber(value: width)], dataType: .float32)
    planes.withUnsafeMutableBufferPointer(ofType: Float.self) { buffer, strides in
        each(height, width) { plane, y, x, place in
            buffer[plane * strides[1] + y * strides[2] + x * strides[3]] = image[place]
        }
    }
    return MLFeatureValue(multiArray: planes)
}

/// Calls `body` with plane, row and column of every level, and its place in height x width x 3.
private func each(_ height: Int, _ width: Int, _ body: (Int, Int, Int, Int) -> Void) {
    var place = 0
    for y in 0..<height {
        for x in 0..<width {
            for plane in 0..<3 {
                body(plane, y, x, place)
                place += 1
            }
        }
    }
}
