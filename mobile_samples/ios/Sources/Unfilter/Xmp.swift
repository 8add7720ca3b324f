import Foundation

/// The tag in an XMP packet, where formats other than PNG have it: the attribute `unfilter:tag` of a description of its own.
///
/// R14 of sdk/format/RULES.md. Source: XMP specification part 1 (ISO 16684-1), section 7. Laws: `Xmp.tag(Xmp.packet(packet, with: text)) == text`, and what else
/// a packet holds is kept byte by byte.
public enum Xmp {
    private static let rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    private static let namespace = "https://unfilter.dev/ns/tag/1/"
    private static let declared = #"xmlns:unfilter=(["'])https://unfilter\.dev/ns/tag/1/\1"#
    // As it is written here, and as exiftool writes it again: the attribute as an element.
    private static let description = #"<rdf:Description\s[^<>]*"# + declared
        + #"[^<>]*(?:/>|(?<!/)>\s*<unfilter:tag>[^<>]*</unfilter:tag>\s*</rdf:Description\s*>)"#
    private static let value = #"unfilter:tag=(?:"([^"<>]*)"|'([^'<>]*)')|<unfilter:tag>([^<>]*)</unfilter:tag>"#
    private static let end = #"</[A-Za-z_][\w.-]*:RDF\s*>"#
    private static let empty = """
        <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?>
        <x:xmpmeta xmlns:x="adobe:ns:meta/">
         <rdf:RDF xmlns:rdf="\(rdf)"></rdf:RDF>
        </x:xmpmeta>
        <?xpacket end="w"?>
        """

    /// The JSON of a tag in `packet`; nil where there is none.
    public static func tag(_ packet: String) -> String? {
        guard matches(declared, packet).first != nil, let match = matches(value, packet).first else {
            return nil
        }
        let groups = (1..<match.numberOfRanges).compactMap { Range(match.range(at: $0), in: packet) }
        return groups.first.map { unescaped(String(packet[$0])) }
    }

    /// `packet`, or a new one, with the tag of `json` in place of any older one.
    public static func packet(_ packet: String?, with json: String) -> String {
        var rest = packet.flatMap(without) ?? empty
        if matches(end, rest).isEmpty {
            rest = empty  // without the element that every packet must have, it is no XMP
        }
        guard let last = matches(end, rest).last.flatMap({ Range($0.range, in: rest) }) else {
            return rest
        }
        let own =
            "<rdf:Description xmlns:rdf=\"\(rdf)\" rdf:about=\"\" xmlns:unfilter=\"\(namespace)\" unfilter:tag=\"\(escaped(json))\"/>"
        rest.insert(contentsOf: own, at: last.lowerBound)
        return rest
    }

    /// `packet` without a tag; nil where nothing else was in it.
    public static func without(_ packet: String) -> String? {
        guard matches(declared, packet).first != nil else {
            return packet
        }
        let bare = [description, value].reduce(packet) { $0.replacingOccurrences(of: $1, with: "", options: .regularExpression) }
        let isEmpty = bare.split(whereSeparator: \.isWhitespace) == empty.split(whereSeparator: \.isWhitespace)
        return isEmpty ? nil : bare
    }

    /// What travels along of `packet`: neither our tag nor claims of what a filtered photo does not have; nil where that is nothing.
    public static func travelling(_ packet: String) -> String? {
        without(packet).map(withoutClaims)
    }

    private static let google = "http://ns.google.com/photos"
    /// Usual prefixes, namespaces and names of properties that claim what a filtered photo does not have, or show it as it was: R24.
    private static let claims: [(prefix: String, namespace: String, names: String)] = [
        ("hdrgm", "http://ns.adobe.com/hdr-gain-map/1.0/", #"\w+"#),
        ("HDRGainMap", "http://ns.apple.com/HDRGainMap/1.0/", #"\w+"#),
        ("GCamera", "\(google)/1.0/camera/", #"(?:MicroVideo|MotionPhoto)\w*"#),
        ("Container", "\(google)/1.0/container/", "Directory"),
        ("GDepth", "\(google)/1.0/depthmap/", #"\w+"#),
        ("Device", "\(google)/dd/1.0/device/", #"\w+"#),
        ("GImage", "\(google)/1.0/image/", #"\w+"#),
        ("xmpNote", "http://ns.adobe.com/xmp/note/", "HasExtendedXMP"),
        ("xmp", "http://ns.adobe.com/xap/1.0/", "Thumbnails"),
    ]

    /// `packet` without those properties, as attributes or as elements, under whatever prefixes it gives the namespaces.
    public static func withoutClaims(_ packet: String) -> String {
        var rest = packet
        for claim in claims {
            let namespace = NSRegularExpression.escapedPattern(for: claim.namespace)
            let declaration = #"xmlns:([A-Za-z_][\w.-]*)\s*=\s*["']"# + namespace + #"["']"#
            var prefixes = matches(declaration, rest).compactMap { Range($0.range(at: 1), in: rest).map { String(rest[$0]) } }
            if !rest.contains("xmlns:\(claim.prefix)=") {
                prefixes.append(claim.prefix)
            }
            for prefix in Set(prefixes) {
                let name = NSRegularExpression.escapedPattern(for: prefix) + ":(?:" + claim.names + ")"
                let attribute = #"\s"# + name + #"\s*=\s*(?:"[^"<>]*"|'[^'<>]*')"#
                rest = rest.replacingOccurrences(of: attribute, with: "", options: .regularExpression)
                rest = withoutElements(rest, "<(" + name + #")(?=[\s/>])[^<>]*>"#)
            }
        }
        return rest
    }

    /// `packet` without the elements that begin so, up to the first that does not end.
    private static func withoutElements(_ packet: String, _ opening: String) -> String {
        var (kept, rest) = ("", packet[...])
        while let match = matches(opening, String(rest)).first {
            let text = String(rest)
            guard let begun = Range(match.range, in: text), let named = Range(match.range(at: 1), in: text) else {
                break
            }
            var end = begun.upperBound
            if !text[begun].hasSuffix("/>") {
                guard let close = text.range(of: "</\(text[named])>", range: end..<text.endIndex) else {
                    break
                }
                end = close.upperBound
            }
            kept += text[..<begun.lowerBound]
            rest = Substring(text[end...])
        }
        return kept + rest
    }

    private static func matches(_ pattern: String, _ text: String) -> [NSTextCheckingResult] {
        guard let expression = try? NSRegularExpression(pattern: pattern) else {
            preconditionFailure("no regular expression: \(pattern)")
        }
        return expression.matches(in: text, range: NSRange(text.startIndex..., in: text))
    }

    private static func escaped(_ text: String) -> String {
        [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;")]
            .reduce(text) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
    }

    private static func unescaped(_ text: String) -> String {
        let written = [("&quot;", "\""), ("&#34;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
        return written.reduce(text) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
    }
}
