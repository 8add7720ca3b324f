import Foundation
import OnnxRuntime
import Unfilter

/// The ONNX graphs of a bundle on ONNX Runtime: committed bundles have no Core ML packages.
struct Onnx: Runtime {
    func openGraph(_ bundle: Unfilter.Bundle, _ direction: Direction) async throws -> sending any Graph {
        let artifact = try bundle.artifact(format: .onnx, direction: direction)
        return OnnxGraph(artifact, try Session(bundle.folder.appendingPathComponent(artifact.path)))
    }
}

private final class OnnxGraph: Graph {
    let fixedSize = false
    private let artifact: Artifact
    private let session: Session

    init(_ artifact: Artifact, _ session: Session) {
        (self.artifact, self.session) = (artifact, session)
    }

    func run(_ image: [Float], height: Int, width: Int, places: [Float], output: [Float]?) throws -> [Float] {
        let size = height * width
        let planes = { (image: [Float]) in (0..<3 * size).map { image[$0 % size * 3 + $0 / size] } }
        let shape = [1, 3, Int64(height), Int64(width)]
        var inputs = [(name: artifact.image.name, shape: shape, values: planes(image))]
        if let guide = artifact.output, let output {
            inputs.append((name: guide.name, shape: shape, values: planes(output)))
        }
        if let parameters = artifact.parameters {
            inputs.append((name: parameters.name, shape: [1, Int64(parameters.channels), 1, 1], values: places))
        }
        let result = try session.run(inputs, output: artifact.result.name)
        return (0..<3 * size).map { result[$0 % 3 * size + $0 / 3] }
    }
}
