import Foundation

/// What a filter must make of small photos, from `unfilter goldens` (docs/goldens.md): for tests, and for an app that must know
/// whether a compute unit of *this* device is exact enough before it trusts it with photos (R10 of
/// sdk/format/RULES.md).
public struct Goldens: Sendable {
    public struct Photo: Codable, Sendable {
        public let name: String
        public let height: Int
        public let width: Int
        public let parameters: [String: Double]
        public let photo: String
        /// Only of a guided filter.
        public let output: String?
        public let filtered: String
        public let restored: String
    }

    public struct File: Codable, Sendable {
        public let path: String
        public let refusal: Refusal?
        public let tag: String?
        public let photo: String?
        public let carried: [String: String]
    }

    public struct Plan: Codable, Sendable {
        public let height: Int
        public let width: Int
        public let fixedSize: Bool
        public let rows: [[Int]]
        public let columns: [[Int]]

        enum CodingKeys: String, CodingKey {
            case height, width, rows, columns
            case fixedSize = "fixed_size"
        }
    }

    public struct Rounding: Codable, Sendable {
        public let bits: UInt32
        public let level: UInt8
    }

    /// A JPEG with the pixels that `decoder` gives, and what restoring those gives.
    public struct Jpeg: Codable, Sendable {
        public let path: String
        public let height: Int
        public let width: Int
        public let quality: Int
        public let decoder: String
        public let decoded: String
        public let tag: String?
        public let restored: String?
    }

    public struct Content: Codable, Sendable {
        public let filter: String
        public let restoration: String
        public let tolerance: Int
        public let tiles: TilePlan
        public let photos: [Photo]
        public let files: [File]
        /// Goldens of older versions have none.
        public let jpegs: [Jpeg]?
        public let plans: [Plan]
        public let roundings: [Rounding]
    }

    public let folder: URL
    public let content: Content

    public init(folder: URL) throws {
        self.folder = folder
        content = try JSONDecoder().decode(Content.self, from: Data(contentsOf: folder.appendingPathComponent("goldens.json")))
    }

    /// By how many levels `filter` is off at most, in either direction.
    public func levelsOff(_ filter: Filter, _ golden: Photo) throws -> Int {
        let (photo, filtered) = (try pixels(golden, golden.photo), try pixels(golden, golden.filtered))
        let restored = try pixels(golden, golden.restored)
        let output = try golden.output.map { try pixels(golden, $0) }
        let made = try filter.apply(photo, parameters: golden.parameters, output: output)
        return max(apart(made, filtered), apart(try filter.restore(filtered), restored))
    }

    /// One of a golden's raw files.
    public func pixels(_ golden: Photo, _ path: String) throws -> Pixels {
        try pixels(path, golden.height, golden.width)
    }

    public func pixels(_ golden: Jpeg, _ path: String) throws -> Pixels {
        try pixels(path, golden.height, golden.width)
    }

    private func pixels(_ path: String, _ height: Int, _ width: Int) throws -> Pixels {
        let levels = try Data(contentsOf: folder.appendingPathComponent(path))
        return Pixels(height: height, width: width, levels: [UInt8](levels))
    }
}

/// The largest difference of any level.
public func apart(_ one: Pixels, _ other: Pixels) -> Int {
    precondition(one.height == other.height && one.width == other.width)
    return zip(one.levels, other.levels).map { abs(Int($0) - Int($1)) }.max() ?? 0
}
