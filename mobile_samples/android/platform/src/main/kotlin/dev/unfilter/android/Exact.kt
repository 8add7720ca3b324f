package dev.unfilter.android

import android.content.Context
import android.util.Log
import com.google.ai.edge.litert.Accelerator
import com.google.ai.edge.litert.LiteRtException
import dev.unfilter.Bundle
import dev.unfilter.Filter
import dev.unfilter.Goldens
import dev.unfilter.JpegCodec
import dev.unfilter.PictureDecoder

/** A filter and the accelerator that it was found exact on. Close the filter. */
class Exact(val filter: Filter, val accelerator: Accelerator)

/**
 * The fastest accelerator of *this* phone whose bytes are the goldens', to the level that they allow. Drivers differ, and a
 * photo that was filtered by a wrong one cannot be restored: so each is measured before it is trusted. The CPU is the last.
 */
fun firstExact(context: Context, bundle: Bundle, goldens: Goldens): Exact {
    val jpeg = platformJpeg(goldens)
    val pictures = platformPictures()
    for (accelerator in listOf(Accelerator.NPU, Accelerator.GPU)) {
        try {
            val filter = warm(LiteRt(context, accelerator), bundle, jpeg, pictures) { candidate ->
                val off = goldens.photos.maxOf { goldens.levelsOff(candidate, it) }
                if (off > goldens.tolerance) Log.i("unfilter", "$accelerator: $off levels off")
                off <= goldens.tolerance
            }
            if (filter != null) return Exact(filter, accelerator)
        } catch (error: LiteRtException) {
            Log.i("unfilter", "$accelerator: ${error.message}")
        }
    }
    return Exact(checkNotNull(warm(LiteRt(context, Accelerator.CPU), bundle, jpeg, pictures) { true }), Accelerator.CPU)
}

/** The filter, warm, if it [isExact]; whatever else comes of it, it is closed. */
private fun warm(runtime: LiteRt, bundle: Bundle, jpeg: JpegCodec, pictures: PictureDecoder, isExact: (Filter) -> Boolean): Filter? {
    val filter = Filter(bundle, runtime, jpeg, pictures)
    var isKept = false
    try {
        filter.warmUp()
        isKept = isExact(filter)
    } finally {
        if (!isKept) filter.close()
    }
    return filter.takeIf { isKept }
}
