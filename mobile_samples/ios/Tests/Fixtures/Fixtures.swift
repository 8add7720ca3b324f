import Foundation
import Unfilter

/// What tests read: committed files, and a converted bundle where the environment names one.
public enum Fixtures {
    public static let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../..").standardizedFileURL
    public static let folder = root.appendingPathComponent("tests/fixtures")
    public static let conformance = root.appendingPathComponent("sdk/format/conformance")

    public static func bundle(_ name: String) throws -> Unfilter.Bundle {
        try Unfilter.Bundle(folder: folder.appendingPathComponent(name))
    }

    public static func goldens(_ name: String) throws -> Goldens {
        try Goldens(folder: folder.appendingPathComponent(name))
    }

    /// A bundle as `convert` makes it today, and its goldens; nil where UNFILTER_BUNDLE and UNFILTER_GOLDENS name none.
    public static func converted() throws -> (bundle: Unfilter.Bundle, goldens: Goldens)? {
        let environment = ProcessInfo.processInfo.environment
        guard let bundle = environment["UNFILTER_BUNDLE"], let goldens = environment["UNFILTER_GOLDENS"] else {
            return nil
        }
        return (try Unfilter.Bundle(folder: URL(fileURLWithPath: bundle)), try Goldens(folder: URL(fileURLWithPath: goldens)))
    }

    public static func temporary(_ suffix: String) -> URL {
        FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).\(suffix)")
    }
}
