import Foundation

/// A value outside its range, or a name that the filter does not have.
public struct ParameterError: Error, CustomStringConvertible, Sendable {
    public let description: String
}

/// A number that the user chooses for each photo; the graph sees its place in the range, 0 at `low` and 1 at `high`
/// (R7 of sdk/format/RULES.md).
public struct HyperParameter: Codable, Equatable, Sendable {
    public let name: String
    public let low: Double
    public let high: Double
    public let `default`: Double
    public let scale: String?

    public func place(_ value: Double) throws -> Float {
        guard (low...high).contains(value) else {
            throw ParameterError(description: "\(name) must lie in \(low)...\(high), got \(value)")
        }
        if scale == "log" {
            return Float(log(value / low) / log(high / low))
        }
        return Float((value - low) / (high - low))
    }
}

extension Array where Element == HyperParameter {
    /// A value for each, in their order: the given one, or the default. Throws on a name that is none of them.
    public func complete(_ given: [String: Double]) throws -> [(name: String, value: Double)] {
        let names = map(\.name)
        if let unknown = given.keys.first(where: { !names.contains($0) }) {
            throw ParameterError(description: "this filter has no parameter \(unknown); it has \(names)")
        }
        return map { (name: $0.name, value: given[$0.name] ?? $0.default) }
    }

    /// What the forward graph takes for them, 0..1. Throws on a value outside its range, too.
    func places(_ given: [String: Double]) throws -> [Float] {
        try zip(self, complete(given)).map { try $0.place($1.value) }
    }
}
