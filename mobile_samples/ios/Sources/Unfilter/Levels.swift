/// Float 0..1 of an 8-bit level.
public func toFloat(_ level: UInt8) -> Float {
    Float(level) / 255
}

/// R2 of sdk/format/RULES.md, from a graph's unclipped output to a level: `floor(clip(x, 0, 1) * 255 + 0.5)` in float32; not-a-number is black.
/// Law: `toLevel(toFloat(level)) == level`.
public func toLevel(_ value: Float) -> UInt8 {
    guard value > 0 else {
        return 0  // not-a-number too
    }
    let scaled: Float = min(value, 1) * 255
    return UInt8(scaled + 0.5)
}

/// R3 of sdk/format/RULES.md, for lines that the alignment leaves over: a level is moved by what its neighbour was moved by.
func moved(_ level: UInt8, before: UInt8, after: UInt8) -> UInt8 {
    UInt8(max(0, min(255, Int(level) + Int(after) - Int(before))))
}
