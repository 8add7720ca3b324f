package dev.unfilter

import java.io.IOException

/*
 * R29 of sdk/format/RULES.md: a guided filter takes two pictures that lie on one another, the photo and what another filter made of it.
 */

/** Throws [BundleException] unless [output] is what the filter takes beside [photo]. */
internal fun Bundle.check(photo: PixelSource, output: PixelSource?) {
    if (!isGuided) {
        if (output != null) throw BundleException("filter $filter: makes its look itself; leave the output out")
        return
    }
    if (output == null) {
        throw BundleException("filter $filter: is guided: it hides the photo in what your own filter made of it; give that picture, too, as output")
    }
    if (output.width == photo.width && output.height == photo.height) return
    val turned = if (output.width == photo.height && output.height == photo.width) "; it may be turned" else ""
    val sizes = "the output has ${output.width} x ${output.height} pixels, the photo ${photo.width} x ${photo.height}"
    throw BundleException("filter $filter: $sizes; both must lie on one another$turned")
}

/** Throws [IOException] where EXIF says that this output is stored turned otherwise than [photo]; one without EXIF says nothing. */
fun Photo.mustLieOn(photo: Photo) {
    val own = orientation(carried) ?: return
    val other = orientation(photo.carried) ?: UPRIGHT
    if (own != other) throw IOException("the output is stored with orientation $own, the photo with $other; save both turned alike")
}
