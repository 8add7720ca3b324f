// R29 of sdk/format/RULES.md: a guided filter takes two pictures that lie on one another, the photo and what another filter made of it.

extension Bundle {
    /// Throws `BundleError` unless `output` is what the filter takes beside `photo`.
    public func check(_ photo: any PixelSource, output: (any PixelSource)?) throws {
        guard isGuided else {
            if output != nil {
                throw BundleError("filter \(filter): makes its look itself; leave the output out")
            }
            return
        }
        guard let output else {
            throw BundleError(
                "filter \(filter): is guided: it hides the photo in what your own filter made of it; give that picture, too, as output"
            )
        }
        if (output.width, output.height) == (photo.width, photo.height) {
            return
        }
        let turned = (output.width, output.height) == (photo.height, photo.width) ? "; it may be turned" : ""
        let sizes = "the output has \(output.width) x \(output.height) pixels, the photo \(photo.width) x \(photo.height)"
        throw BundleError("filter \(filter): \(sizes); both must lie on one another\(turned)")
    }
}
