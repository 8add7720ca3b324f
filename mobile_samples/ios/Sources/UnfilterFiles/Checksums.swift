import Compression
import Foundation
import Unfilter

// What PNG and zlib (RFC 1950) check themselves with.

/// `data` as a zlib stream (RFC 1950).
func zlib(_ data: Data) throws -> Data {
    var checksum = Adler32()
    checksum.update([UInt8](data))
    var deflated = Data()
    let filter = try OutputFilter(.compress, using: .zlib) { (part: Data?) in deflated += part ?? Data() }
    try filter.write(data)
    try filter.finalize()
    return Data([0x78, 0x9C]) + deflated + bigEndian(checksum.value)
}

/// What a zlib stream holds; throws `Refused` where it is damaged.
func inflated(_ stream: Data) throws -> Data {
    var (inflated, checksum) = (Data(), Adler32())
    let filter = try OutputFilter(.decompress, using: .zlib) { (part: Data?) in inflated += part ?? Data() }
    try filter.write(stream.dropFirst(2).dropLast(4))
    try filter.finalize()
    checksum.update([UInt8](inflated))
    guard stream.count > 6, bigEndian(checksum.value) == stream.suffix(4) else {
        throw Refused(.damaged, "damaged (its profile cannot be read)")
    }
    return inflated
}

func number(_ data: Data, _ place: Int) -> UInt32 {
    data[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
}

func bigEndian(_ number: UInt32) -> Data {
    withUnsafeBytes(of: number.bigEndian) { Data($0) }
}

private let crcTable: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
}

func crc32(_ data: Data) -> UInt32 {
    data.withUnsafeBytes { bytes in
        ~bytes.reduce(~UInt32(0)) { crcTable[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ ($0 >> 8) }
    }
}

struct Adler32 {
    private var low: UInt32 = 1
    private var high: UInt32 = 0

    var value: UInt32 { high << 16 | low }

    mutating func update(_ bytes: [UInt8]) {
        for byte in bytes {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
    }
}
