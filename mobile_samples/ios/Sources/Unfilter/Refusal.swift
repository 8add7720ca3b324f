/// Why a file is not restored; R20 of sdk/format/RULES.md says when each is given.
public enum Refusal: String, Codable, Sendable {
    case notAPhoto = "not_a_photo"
    case otherFormat = "other_format"
    case damaged
    case noTag = "no_tag"
    case needsUpdate = "needs_update"
    case otherFilter = "other_filter"
    case otherCodec = "other_codec"
    case altered
}

/// A file that no filter made, or not this one, or not as it was saved; one line for the user.
public struct Refused: Error, CustomStringConvertible, Sendable {
    public let refusal: Refusal
    public let description: String
    /// What the file is, where it is a photo that this app restores: the user may pick the filter of one of which nothing tells.
    public let recognition: Recognition?

    public init(_ refusal: Refusal, _ description: String, _ recognition: Recognition? = nil) {
        self.refusal = refusal
        self.description = description
        self.recognition = recognition
    }
}
