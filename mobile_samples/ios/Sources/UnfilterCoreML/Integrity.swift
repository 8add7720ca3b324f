import CryptoKit
import Foundation
import Unfilter

extension Unfilter.Bundle {
    /// Compare every file of an artifact with the manifest (R9 of sdk/format/RULES.md). Throws `BundleError` where one is missing,
    /// changed or not listed.
    func check(_ artifact: Artifact) throws {
        let listed = files.filter { $0.path == artifact.path || $0.path.hasPrefix(artifact.path + "/") }
        guard !listed.isEmpty else {
            throw BundleError("\(artifact.path): is not in the manifest's list of files")
        }
        try listed.forEach(check)
        let package = folder.appendingPathComponent(artifact.path)
        let present = try FileManager.default.subpathsOfDirectory(atPath: package.path)
        let known = Set(listed.map(\.path))
        for path in present.map({ "\(artifact.path)/\($0)" }) where !known.contains(path) {
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: folder.appendingPathComponent(path).path, isDirectory: &isFolder)
            guard exists && isFolder.boolValue else {
                throw BundleError("\(path): is not in the manifest's list of files")
            }
        }
    }

    private func check(_ entry: FileEntry) throws {
        let isInside = entry.path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
            !$0.isEmpty && $0.last != "." && $0.last != " " && !$0.contains(where: { $0 == "\\" || $0 == ":" || $0.asciiValue ?? 32 < 32 })
        }
        guard isInside else {
            throw BundleError("\(entry.path): leads out of the bundle")
        }
        guard var content = try? Data(contentsOf: folder.appendingPathComponent(entry.path)) else {
            throw BundleError("\(entry.path): missing")
        }
        if entry.volatile == true {
            content = Data(try canonical(JSONSerialization.jsonObject(with: content)).utf8)
        } else if content.count != entry.bytes {
            throw BundleError("\(entry.path): has \(content.count) bytes where the manifest says \(entry.bytes)")
        }
        let found = SHA256.hash(data: content).map { String(format: "%02x", $0) }.joined()
        guard found == entry.sha256 else {
            throw BundleError("\(entry.path): its bytes are not those of the manifest (sha256 differs)")
        }
    }
}

/// JSON without white space, in ASCII, its keys in the order of their code points. `JSONSerialization`'s own `sortedKeys` orders
/// digits as numbers.
func canonical(_ value: Any) throws -> String {
    if let fields = value as? [String: Any] {
        let sorted = fields.sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
        return "{" + (try sorted.map { quoted($0.key) + ":" + (try canonical($0.value)) }).joined(separator: ",") + "}"
    }
    if let items = value as? [Any] {
        return "[" + (try items.map(canonical)).joined(separator: ",") + "]"
    }
    if let text = value as? String {
        return quoted(text)
    }
    return String(decoding: try JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed]), as: UTF8.self)
}

private let escapes: [UInt16: String] = [0x22: "\\\"", 0x5C: "\\\\", 0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t", 0x08: "\\b", 0x0C: "\\f"]

private func quoted(_ text: String) -> String {
    let units = text.utf16.map { unit -> String in
        escapes[unit] ?? (0x20..<0x7F ~= unit ? String(UnicodeScalar(UInt8(unit))) : String(format: "\\u%04x", Int(unit)))
    }
    return "\"" + units.joined() + "\""
}
