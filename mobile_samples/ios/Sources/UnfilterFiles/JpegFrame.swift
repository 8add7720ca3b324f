import CryptoKit
import Foundation
import Unfilter

/// What the segments before a JPEG's pixels say of its coding: size, sampling and quantiser tables (ITU-T T.81, annex B.2).
struct JpegFrame {
    /// Sampling factors along and down, and the quantiser table.
    struct Component {
        let across: UInt8
        let down: UInt8
        let table: UInt8
    }

    private(set) var height = 0
    private(set) var width = 0
    private(set) var components: [Component] = []
    private var bits: UInt8 = 0
    private var tables: [UInt8: [UInt16]] = [:]

    mutating func read(_ marker: UInt8, _ segment: Data) throws {
        let bytes = [UInt8](segment)
        if marker == 0xDB {
            try readTables(bytes)
        } else if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker) {
            guard bytes.count >= 6, bytes.count == 6 + 3 * Int(bytes[5]) else {
                throw Refused(.damaged, "damaged (its frame has \(bytes.count) bytes)")
            }
            bits = bytes[0]
            (height, width) = (Int(bytes[1]) << 8 | Int(bytes[2]), Int(bytes[3]) << 8 | Int(bytes[4]))
            components = stride(from: 6, to: bytes.count, by: 3).map {
                Component(across: bytes[$0 + 1] >> 4, down: bytes[$0 + 1] & 15, table: bytes[$0 + 2])
            }
        }
    }

    func check() throws {
        guard height > 0, width > 0, !components.isEmpty else {
            throw Refused(.damaged, "damaged (no frame)")
        }
        guard bits == 8 else {
            throw Refused(.otherFormat, "a JPEG of \(bits) bits per channel; give one of 8")
        }
        guard [1, 3].contains(components.count) else {
            throw Refused(.otherFormat, "a JPEG of \(components.count) channels (CMYK); save it as RGB first")
        }
        guard width <= mostPixels / height else {
            throw Refused(.otherFormat, "\(width) x \(height) pixels are more than this app takes")
        }
    }

    /// A digest of what a lossless edit of the file leaves alone: of each component the sampling factors and the quantiser's steps,
    /// sorted, as 16-bit numbers, low byte first; nil where a table lacks.
    var coding: String? {
        var numbers: [UInt16] = []
        for component in components {
            guard let steps = tables[component.table] else {
                return nil
            }
            numbers += [UInt16(component.across), UInt16(component.down)] + steps.sorted()
        }
        let bytes = Data(numbers.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
        return hexadecimal(SHA256.hash(data: bytes), 16)
    }

    /// The quality 1...100 at which libjpeg's luma table is nearest to the file's.
    var quality: Int? {
        guard let steps = tables.min(by: { $0.key < $1.key })?.value.sorted() else {
            return nil
        }
        let far = (1...100).map { quality in
            zip(Self.luma(quality), steps).reduce(0) { $0 + abs($1.0 - Int($1.1)) }
        }
        return far.indices.min { far[$0] < far[$1] }.map { $0 + 1 }
    }

    private mutating func readTables(_ bytes: [UInt8]) throws {
        var place = 0
        while place < bytes.count {
            let isWide = bytes[place] >> 4 != 0
            let size = isWide ? 128 : 64
            guard place + 1 + size <= bytes.count else {
                throw Refused(.damaged, "damaged (a quantiser table is cut short)")
            }
            let steps = bytes[place + 1..<place + 1 + size].map(UInt16.init)
            let wide = { stride(from: 0, to: 128, by: 2).map { steps[$0] << 8 | steps[$0 + 1] } }
            tables[bytes[place] & 15] = isWide ? wide() : steps
            place += 1 + size
        }
    }

    /// Table K.1 of ITU-T T.81, sorted.
    private static let standard = [
        10, 11, 12, 12, 13, 14, 14, 14, 16, 16, 16, 17, 18, 19, 22, 22, 24, 24, 24, 26, 29, 35, 37, 40, 40, 49, 51, 51, 55, 55,
        56, 56, 57, 58, 60, 61, 62, 64, 64, 68, 69, 72, 77, 78, 80, 81, 87, 87, 92, 92, 95, 98, 99, 100, 101, 103, 103, 103, 104,
        109, 112, 113, 120, 121,
    ]

    /// As libjpeg scales it.
    private static func luma(_ quality: Int) -> [Int] {
        let percent = quality < 50 ? 5000 / quality : 200 - 2 * quality
        return standard.map { min(max(($0 * percent + 50) / 100, 1), 255) }
    }
}
