import XCTest

@testable import Unfilter

/// Laws of R14: a tag comes back from a packet, whoever wrote the attribute; what else the packet holds is kept.
final class XmpTests: XCTestCase {
    private let json = #"{"version":1,"filter":"l0","note":"a < b & 'c'"}"#
    private let other = """
        <x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description r:about="" \
        xmlns:dc="http://purl.org/dc/elements/1.1/" dc:title="grün"/></r:RDF></x:xmpmeta>
        """

    func testATagComesBackAndThePacketIsKept() {
        for packet in [nil, other] {
            let tagged = Xmp.packet(packet, with: json)
            XCTAssertEqual(Xmp.tag(tagged), json)
            XCTAssertEqual(Xmp.without(tagged), packet)
            XCTAssertEqual(Xmp.tag(Xmp.packet(tagged, with: "{}")), "{}")
        }
        XCTAssertEqual(Xmp.without(other), other)
        XCTAssertNil(Xmp.tag(other))
    }

    func testAnAttributeIsReadAsElementAndInSingleQuotes() {
        let name = #"xmlns:unfilter="https://unfilter.dev/ns/tag/1/""#
        XCTAssertEqual(Xmp.tag("<rdf:Description \(name)><unfilter:tag>{&quot;a&quot;:1}</unfilter:tag></rdf:Description>"), #"{"a":1}"#)
        XCTAssertEqual(Xmp.tag("<rdf:Description \(name) unfilter:tag='{\"a\":1}'/>"), #"{"a":1}"#)
        XCTAssertNil(Xmp.tag("<rdf:Description xmlns:unfilter=\"https://example.org/\" unfilter:tag='{}'/>"))
    }

    func testWhatIsNoPacketIsReplaced() {
        XCTAssertEqual(Xmp.tag(Xmp.packet("no packet", with: json)), json)
    }
}
