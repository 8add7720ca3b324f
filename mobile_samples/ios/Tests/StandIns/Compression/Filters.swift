import CZlib
import Foundation

// Stand-in for Apple's framework of that name, over zlib, for tests on Linux: it proves our code, not Apple's. Declared as in
// https://developer.apple.com/documentation/compression/inputfilter and .../outputfilter.

public enum FilterOperation: Sendable {
    case compress, decompress
}

public struct Algorithm: Sendable {
    /// Raw DEFLATE (RFC 1951), level 5.
    public static let zlib = Algorithm()
}

public enum FilterError: Error {
    case invalidState, invalidData
}

private let room = 1 << 16

/// A zlib stream; `z_stream` must not move.
private final class Stream {
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let operation: FilterOperation
    private(set) var isDone = false

    init(_ operation: FilterOperation) throws {
        self.operation = operation
        stream.initialize(to: z_stream())
        let size = Int32(MemoryLayout<z_stream>.size)
        let code = operation == .compress
            ? deflateInit2_(stream, 5, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
            : inflateInit2_(stream, -15, ZLIB_VERSION, size)
        guard code == Z_OK else {
            throw FilterError.invalidState
        }
    }

    deinit {
        _ = operation == .compress ? deflateEnd(stream) : inflateEnd(stream)
        stream.deallocate()
    }

    /// What comes of `input`; `isLast` says that there is no more.
    func run(_ input: Data, isLast: Bool) throws -> Data {
        var (given, made, taken) = ([UInt8](input), Data(), [UInt8](repeating: 0, count: room))
        try given.withUnsafeMutableBufferPointer { source in
            stream.pointee.next_in = source.baseAddress
            stream.pointee.avail_in = UInt32(source.count)
            repeat {
                try taken.withUnsafeMutableBufferPointer { target in
                    stream.pointee.next_out = target.baseAddress
                    stream.pointee.avail_out = UInt32(target.count)
                    let flush = isLast ? Z_FINISH : Z_NO_FLUSH
                    let code = operation == .compress ? deflate(stream, flush) : inflate(stream, Z_NO_FLUSH)
                    guard [Z_OK, Z_STREAM_END, Z_BUF_ERROR].contains(code) else {
                        throw FilterError.invalidData
                    }
                    isDone = isDone || code == Z_STREAM_END
                    made.append(target.baseAddress!, count: target.count - Int(stream.pointee.avail_out))
                }
            } while stream.pointee.avail_out == 0 && !isDone
        }
        return made
    }
}

public class OutputFilter {
    private let stream: Stream
    private let callback: (Data?) throws -> Void
    private let operation: FilterOperation

    public init(
        _ operation: FilterOperation,
        using algorithm: Algorithm,
        bufferCapacity: Int = 65536,
        writingTo writeCallback: @escaping (Data?) throws -> Void
    ) throws {
        (stream, callback, self.operation) = (try Stream(operation), writeCallback, operation)
    }

    public func write<D: DataProtocol>(_ data: D?) throws {
        let made = try data.map { try stream.run(Data($0), isLast: false) } ?? Data()
        if !made.isEmpty {
            try callback(made)
        }
    }

    public func finalize() throws {
        try callback(try stream.run(Data(), isLast: true))
        guard stream.isDone else {
            throw FilterError.invalidData
        }
        try callback(nil)
    }
}

public class InputFilter<D: DataProtocol> {
    private let stream: Stream
    private let callback: (Int) throws -> D?
    private var left = Data()

    public init(
        _ operation: FilterOperation,
        using algorithm: Algorithm,
        bufferCapacity: Int = 65536,
        readingFrom readCallback: @escaping (Int) throws -> D?
    ) throws {
        (stream, callback) = (try Stream(operation), readCallback)
    }

    /// At most `count` bytes; nil at the end.
    public func readData(ofLength count: Int) throws -> Data? {
        while left.isEmpty && !stream.isDone {
            guard let more = try callback(room) else {
                left = try stream.run(Data(), isLast: true)
                guard stream.isDone || !left.isEmpty else {
                    throw FilterError.invalidData
                }
                break
            }
            left = try stream.run(Data(more), isLast: false)
        }
        defer { left = Data(left.dropFirst(count)) }
        return left.isEmpty ? nil : left.prefix(count)
    }
}
