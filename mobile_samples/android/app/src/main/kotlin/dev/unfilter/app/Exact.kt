package dev.unfilter.app

import android.content.Context
import android.util.Log
import com.google.ai.edge.litert.Accelerator
import com.google.ai.edge.litert.LiteRtException
import dev.unfilter.Bundle
import dev.unfilter.Filter
import dev.unfilter.Goldens

/** A filter and the accelerator that it was found exact on. */
class Exact(val filter: Filter, val accelerator: Accelerator)

/**
 * The fastest accelerator of *this* phone whose bytes are the goldens', to the level that they allow. Drivers differ, and a
 * photo that was filtered by a wrong one cannot be restored: so each is measured before it is trusted. The CPU is the last.
 */
fun firstExact(context: Context): Exact {
    val bundle = Bundle { context.assets.open("bundle/$it") }
    val goldens = Goldens { context.assets.open("goldens/$it") }
    for (accelerator in listOf(Accelerator.NPU, Accelerator.GPU)) {
        try {
            val filter = Filter(bundle, LiteRt(context, accelerator))
            filter.warmUp()
            val off = goldens.photos.maxOf { goldens.levelsOff(filter, it) }
            if (off <= goldens.tolerance) return Exact(filter, accelerator)
            Log.i("unfilter", "$accelerator: $off levels off")
            filter.close()
        } catch (error: LiteRtException) {
            Log.i("unfilter", "$accelerator: ${error.message}")
        }
    }
    return Exact(Filter(bundle, LiteRt(context, Accelerator.CPU)).apply { warmUp() }, Accelerator.CPU)
}
