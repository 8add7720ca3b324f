import Foundation

// What PNG and zlib (RFC 1950) check themselves with.

/// `data` as a zlib stream (RFC 1950).
func zlib(_ data: Data) throws -> Data {
    var checksum = Adler32()
    checksum.update([UInt8](data))
    let deflated = try (data as NSData).compressed(using: .zlib) as Data
    return Data([0x78, 0x9C]) + deflated + bigEndian(checksum.value)
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
