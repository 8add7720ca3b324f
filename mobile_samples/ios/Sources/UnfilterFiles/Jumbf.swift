import Foundation

// R27 of sdk/format/RULES.md. A file within a JPEG: a JUMBF box of type *embedded file* in APP11 segments (ISO/IEC 19566-5).

private let embeddedFile = Data([
    0x40, 0xCB, 0x0C, 0x32, 0xBB, 0x8A, 0x48, 0x9D, 0xA7, 0x0B, 0x2A, 0xD6, 0xF4, 0x7F, 0x43, 0x69,
])
/// Toggles: may be requested, has a label.
private let description = embeddedFile + Data([3]) + Data("unfilter.top_up\0".utf8)
/// With the number of the box.
private let ours = Data("JP".utf8) + Data([0x75, 0x66])
private let head = 8  // bytes of a box's length and type
private let before = 16  // bytes of a segment before the box's content

/// The embedded file in APP11 segments, each without marker and length; nil where there is none whole.
func embedded(in segments: [Data]) -> Data? {
    let parts = segments.filter { $0.count >= before && $0.starts(with: ours) && $0.dropFirst(12).starts(with: Data("jumb".utf8)) }
        .map { (number: Int(number($0, $0.startIndex + 4)), content: $0.dropFirst(before)) }
        .sorted { $0.number < $1.number }
    guard !parts.isEmpty, parts.map(\.number) == Array(1...parts.count) else {
        return nil
    }
    let boxes = boxes(in: Data(parts.map(\.content).joined()))
    guard let first = boxes.first, first.name == "jumd", first.content == description else {
        return nil
    }
    return boxes.first { $0.name == "bidb" }?.content
}

/// Those that are whole, up to the first that is not.
private func boxes(in content: Data) -> [(name: String, content: Data)] {
    var (boxes, place): ([(name: String, content: Data)], Int) = ([], 0)
    while place + head <= content.count {
        let size = Int(number(content, place))
        guard size >= head, size <= content.count - place else {
            break
        }
        let name = String(decoding: content[place + 4..<place + head], as: UTF8.self)
        boxes.append((name, Data(content[place + head..<place + size])))
        place += size
    }
    return boxes
}
