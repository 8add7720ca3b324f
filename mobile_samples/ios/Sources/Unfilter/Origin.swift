import Foundation

/// Where a file comes from, as far as it tells (R34 of sdk/format/RULES.md).
public enum Origin: String, Codable, Sendable {
    /// By the filter, and unchanged: it restores as the model card says.
    case asSaved = "as saved"
    /// Made by the filter, then resized or compressed again: it is restored at the size that arrived.
    case shared
    /// Another filter made it, or it was altered and has no mark; it is refused.
    case notOurs = "not ours"
    /// Its pixels leave it open. It is refused, unless the user picks the filter.
    case cannotTell = "cannot tell"
}

/// What lies within bars: `rows` and `columns` of the picture.
public struct Inside: Equatable, Sendable {
    public let rows: Range<Int>
    public let columns: Range<Int>

    public init(rows: Range<Int>, columns: Range<Int>) {
        (self.rows, self.columns) = (rows, columns)
    }
}

/// What a file turned out to be, before anything is restored from it.
public struct Recognition: CustomStringConvertible, Sendable {
    public let origin: Origin
    /// What was found, in words.
    public var reason: String
    /// Name and restoration id of the filter that made it; nil where none is known to have.
    public let filter: String?
    public let restoration: String?
    /// Of a file as it was saved.
    public let tag: Tag?
    /// Of a shared file, PSNR to expect of what is restored, against the photo at that size, dB, and of the file itself; nil where the
    /// model card says nothing.
    public var expectedDb: Double?
    public var arrivedDb: Double?
    /// Of a shared file, what lies within bars; nil where there are none.
    public var inside: Inside?
    /// Restoration ids of the filters that may have made a file whose pixels do not tell.
    public var candidates: [String] = []
    /// Factor of the size at which the filter's mark was found; nil where none was.
    public var scale: Double?
    /// Quarter turns to the left, after mirroring left and right, that were made of the picture; it is restored upright.
    public var turns = 0
    public var mirrored = false

    public init(_ origin: Origin, _ reason: String, filter: String? = nil, restoration: String? = nil, tag: Tag? = nil) {
        (self.origin, self.reason, self.filter, self.restoration, self.tag) = (origin, reason, filter, restoration, tag)
    }

    /// Whether the file itself is likely to be nearer to the photo than what would be restored from it.
    public var keep: Bool {
        guard let expectedDb, let arrivedDb else {
            return false
        }
        return arrivedDb >= expectedDb
    }

    /// The verdict in one line, such as `shared, made by l0: ...; about 31 dB to expect (the file itself: 29 dB)`.
    public var description: String {
        let made = origin == .notOurs ? "" : filter.map { ", made by \($0)" } ?? ""
        return "\(origin.rawValue)\(made): \(reason)\(toExpect)"
    }

    private var toExpect: String {
        guard let expectedDb, let arrivedDb else {
            return ""
        }
        let (restored, arrived) = (String(format: "%.0f dB", expectedDb), String(format: "%.0f dB", arrivedDb))
        return keep
            ? "; the file itself is nearer to the photo (about \(arrived)) than what would be restored (\(restored))"
            : "; about \(restored) to expect (the file itself: \(arrived))"
    }
}

/// PSNR to expect, dB, against the photo at its size: of what is `restored` of a shared file, and of the file as it `arrived`.
public struct Quality: Equatable, Sendable {
    public let restored: Double
    public let arrived: Double

    public init(restored: Double, arrived: Double) {
        (self.restored, self.arrived) = (restored, arrived)
    }
}

/// What a model card says of shared files, by factor of the size (R34 of sdk/format/RULES.md).
public struct Card: Equatable, Sendable {
    /// Of the two chains that every card has, in their order.
    private static let scales = [0.75, 0.5]

    /// Of one set of photos, as a manifest's provenance has it.
    public struct Score: Decodable, Sendable {
        let count: Double?
        let shared: [Double]?
        let arrived: [Double]?

        private enum CodingKeys: CodingKey {
            case count, shared, arrived
        }

        /// What is of another kind counts as left out.
        public init(from decoder: Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            count = try? fields.decode(Double.self, forKey: .count)
            shared = try? fields.decode([Double].self, forKey: .shared)
            arrived = try? fields.decode([Double].self, forKey: .arrived)
        }
    }

    private let qualities: [Quality]

    /// Sets weigh as many photos as they have; one that says nothing of shared files does not count.
    public init(_ scores: [Score]) {
        let known = scores.filter { min($0.shared?.count ?? 0, $0.arrived?.count ?? 0) >= Self.scales.count }
        let whole = known.reduce(0) { $0 + ($1.count ?? 1) }
        let mean = { (values: (Score) -> Double) in known.reduce(0) { $0 + values($1) * ($1.count ?? 1) } / whole }
        qualities = known.isEmpty ? [] : Self.scales.indices.map { index in
            Quality(restored: mean { $0.shared?[index] ?? 0 }, arrived: mean { $0.arrived?[index] ?? 0 })
        }
    }

    /// Of the nearest size; of two as near, the larger. Nil where the card says nothing.
    public func quality(at scale: Double) -> Quality? {
        zip(Self.scales, qualities).min { abs($0.0 - scale) < abs($1.0 - scale) }?.1
    }
}
