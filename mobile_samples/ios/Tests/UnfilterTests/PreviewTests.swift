import Fixtures
import Foundation
import XCTest

@testable import Unfilter

/// Laws: the graph sees one size, whatever the camera gives; a frame's middle fills it, in RGB; parameters are those of the moment.
final class PreviewTests: XCTestCase {
    private final class Recording: Graph {
        let fixedSize = true
        var sizes: Set<[Int]> = []
        var places: [Float] = []

        func run(_ image: [Float], height: Int, width: Int, places: [Float], output: [Float]?) -> [Float] {
            sizes.insert([height, width])
            self.places = places
            return image
        }
    }

    /// BGRA: blue is the row, green the column, red 9; rows are longer than they need be.
    private func shown(_ preview: Preview, height: Int, width: Int, parameters: [String: Double] = [:]) throws -> Pixels {
        let stride = 4 * width + 12
        var frame = [UInt8](repeating: 255, count: height * stride)
        for row in 0..<height {
            for column in 0..<width {
                frame.replaceSubrange(row * stride + 4 * column..<row * stride + 4 * column + 3, with: [UInt8(row), UInt8(column), 9])
            }
        }
        return try frame.withUnsafeBytes {
            try preview.show(bgra: $0, height: height, width: width, bytesPerRow: stride, parameters: parameters)
        }
    }

    func testTheGraphSeesOneSizeAndTheFramesMiddle() throws {
        let (graph, bundle) = (Recording(), try Fixtures.bundle("bundle-variable"))
        let preview = Preview(bundle, graph: graph, longest: 64)
        XCTAssertEqual([preview.height, preview.width], [64, 48])
        for (height, width) in [(192, 144), (200, 144), (192, 200), (64, 48), (30, 20)] {
            let pixels = try shown(preview, height: height, width: width)
            XCTAssertEqual([pixels.height, pixels.width], [64, 48])
            let middle = ((32 * 48) + 24) * 3
            XCTAssertEqual(pixels.levels[middle], 9)
            XCTAssertLessThanOrEqual(abs(Int(pixels.levels[middle + 1]) - width / 2), 2)
            XCTAssertLessThanOrEqual(abs(Int(pixels.levels[middle + 2]) - height / 2), 2)
        }
        XCTAssertEqual(graph.sizes, [[64, 48]])
    }

    func testParametersAreThoseOfTheFrame() throws {
        let (graph, bundle) = (Recording(), try Fixtures.bundle("bundle-variable"))
        let preview = Preview(bundle, graph: graph, longest: 64)
        _ = try shown(preview, height: 64, width: 48, parameters: ["factor": 8])
        XCTAssertEqual(graph.places.last, 1)
        XCTAssertThrowsError(try shown(preview, height: 64, width: 48, parameters: ["factor": 9]))
    }
}
