import CryptoKit
import Foundation
import Unfilter

extension Unfilter.Bundle {
    /// Compare every file of an artifact with the manifest. Throws `BundleError` where one is missing, changed or not listed.
    func check(_ artifact: Artifact) throws {
        let listed = files.filter { $0.path == artifact.path || $0.path.hasPrefix(artifact.path + "/") }
        guard !listed.isEmpty else {
            throw BundleError("\(artifact.path): is not in the manifest's list of files")
        }
        for entry in listed {
            guard var content = try? Data(contentsOf: folder.appendingPathComponent(entry.path)) else {
                throw BundleError("\(entry.path): missing")
            }
            if entry.volatile == true {
                content = Data(try canonical(JSONSerialization.jsonObject(with: content)).utf8)
            }
            let found = SHA256.hash(data: content).map { String(format: "%02x", $0) }.joined()
            guard found == entry.sha256 else {
                throw BundleError("\(entry.path): its bytes are not those of the manifest (sha256 differs)")
            }
        }
    }
}

/// JSON without white space, its keys in the order of their code points. `JSONSerialization`'s own `sortedKeys` orders digits as numbers.
private func canonical(_ value: Any) throws -> String {
    if let fields = value as? [String: Any] {
        let members = try fields.sorted { $0.key < $1.key }.map { try canonical($0.key) + ":" + canonical($0.value) }
        return "{" + members.joined(separator: ",") + "}"
    }
    if let items = value as? [Any] {
        return "[" + (try items.map(canonical)).joined(separator: ",") + "]"
    }
    let options: JSONSerialization.WritingOptions = [.fragmentsAllowed, .withoutEscapingSlashes]
    return String(decoding: try JSONSerialization.data(withJSONObject: value, options: options), as: UTF8.self)
}
