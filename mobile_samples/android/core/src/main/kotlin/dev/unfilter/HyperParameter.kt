package dev.unfilter

import kotlin.math.ln

/** A number that the user chooses for each photo; the graph sees its place in the range, 0 at [low] and 1 at [high]. */
data class HyperParameter(val name: String, val low: Double, val high: Double, val default: Double, val logScale: Boolean) {
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
