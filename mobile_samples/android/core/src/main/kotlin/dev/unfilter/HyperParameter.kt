package dev.unfilter

import kotlin.math.ln
import kotlin.math.pow

/** A number that the user chooses for each photo; the graph sees its place in the range, 0 at [low] and 1 at [high] (R7). */
data class HyperParameter(val name: String, val low: Double, val high: Double, val default: Double, val logScale: Boolean) {
    /** Law: `place(value(x)) == x` to float accuracy, for [x] in 0..1; throws [IllegalArgumentException] outside. */
    fun value(x: Float): Double {
        require(x in 0f..1f) { "a place must lie in 0..1, got $x" }
        return (if (logScale) low * (high / low).pow(x.toDouble()) else low + (high - low) * x).coerceIn(low, high)
    }

    /** Throws [IllegalArgumentException] outside the range. */
    fun place(value: Double): Float {
        require(value in low..high) { "$name must lie in $low..$high, got $value" }
        return (if (logScale) ln(value / low) / ln(high / low) else (value - low) / (high - low)).toFloat()
    }
}

/** A value for each hyper-parameter, in their order: the given one, or the default. Throws on a name that is none of them. */
fun List<HyperParameter>.complete(given: Map<String, Double>): Map<String, Double> {
    val unknown = given.keys - map { it.name }.toSet()
    require(unknown.isEmpty()) { "this filter has no parameter $unknown; it has ${map { it.name }}" }
    return associate { it.name to (given[it.name] ?: it.default) }
}

/** Their places, in their order, as a forward graph takes them; empty where there are none. Throws outside a range. */
fun List<HyperParameter>.places(given: Map<String, Double>): FloatArray {
    val values = complete(given)
    return FloatArray(size) { this[it].run { place(values.getValue(name)) } }
}
