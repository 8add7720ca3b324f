import COnnxRuntime
import Foundation

// ONNX Runtime's C API (https://onnxruntime.ai/docs/api/c), as far as tests on Linux need it: one graph on the CPU, floats in and out.

public struct OnnxError: Error, CustomStringConvertible {
    public let description: String

    public init(description: String) {
        self.description = description
    }
}

private let api = OrtGetApiBase()!.pointee.GetApi(UInt32(ORT_API_VERSION))!.pointee

private func check(_ status: OrtStatusPtr?) throws {
    if let status {
        defer { api.ReleaseStatus(status) }
        throw OnnxError(description: String(cString: api.GetErrorMessage(status)!))
    }
}

/// Not for several threads at once.
public final class Session {
    private var environment: OpaquePointer?
    private var session: OpaquePointer?
    private var memory: OpaquePointer?

    public init(_ file: URL) throws {
        try check(api.CreateEnv(ORT_LOGGING_LEVEL_WARNING, "tests", &environment))
        var options: OpaquePointer?
        try check(api.CreateSessionOptions(&options))
        defer { api.ReleaseSessionOptions(options) }
        try check(api.SetIntraOpNumThreads(options, 1))
        try check(api.CreateSession(environment, file.path, options, &session))
        try check(api.CreateCpuMemoryInfo(OrtDeviceAllocator, OrtMemTypeDefault, &memory))
    }

    deinit {
        api.ReleaseMemoryInfo(memory)
        api.ReleaseSession(session)
        api.ReleaseEnv(environment)
    }

    /// The one output, in the C order of the first input's shape.
    public func run(_ inputs: [(name: String, shape: [Int64], values: [Float])], output: String) throws -> [Float] {
        var tensors: [OpaquePointer?] = []
        defer { tensors.forEach { api.ReleaseValue($0) } }
        // ONNX Runtime reads the buffers where they are, so they must not move until it has run.
        let pointers = inputs.map { input -> UnsafeMutablePointer<Float> in
            let pointer = UnsafeMutablePointer<Float>.allocate(capacity: input.values.count)
            pointer.initialize(from: input.values, count: input.values.count)
            return pointer
        }
        defer { pointers.forEach { $0.deallocate() } }
        for (input, pointer) in zip(inputs, pointers) {
            var tensor: OpaquePointer?
            let (bytes, rank) = (input.values.count * MemoryLayout<Float>.size, input.shape.count)
            let type = ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT
            try check(api.CreateTensorWithDataAsOrtValue(memory, pointer, bytes, input.shape, rank, type, &tensor))
            tensors.append(tensor)
        }
        let names = inputs.map { strdup($0.name) }
        let outputName = strdup(output)
        defer { (names + [outputName]).forEach { free($0) } }
        var result: OpaquePointer?
        let (inputNames, outputNames) = (names.map { UnsafePointer($0) }, [UnsafePointer(outputName)])
        try check(api.Run(session, nil, inputNames, tensors, inputs.count, outputNames, 1, &result))
        defer { api.ReleaseValue(result) }
        var data: UnsafeMutableRawPointer?
        try check(api.GetTensorMutableData(result, &data))
        guard let floats = data?.assumingMemoryBound(to: Float.self) else {
            throw OnnxError(description: "no result \(output)")
        }
        return Array(UnsafeBufferPointer(start: floats, count: inputs[0].values.count))
    }
}
