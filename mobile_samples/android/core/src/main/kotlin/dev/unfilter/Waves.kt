package dev.unfilter

import kotlin.math.PI
import kotlin.math.cos
import kotlin.math.hypot
import kotlin.math.sin
import kotlin.math.sqrt

private const val EVENED = 1e-9 // beside which a wave's amplitude counts

/** 32 x 32 complex numbers, row by row: a picture of the cells of a mark, or the waves that it is the sum of. */
internal class Waves(val real: DoubleArray = DoubleArray(CELLS * CELLS), val imaginary: DoubleArray = DoubleArray(CELLS * CELLS)) {
    /** From a picture to its waves: the discrete Fourier transform, in place. */
    fun transform() {
        for (line in 0 until CELLS) transform(line * CELLS, 1)
        for (line in 0 until CELLS) transform(line, CELLS)
    }

    /** Each wave with the square root of its amplitude, in place: a picture's strong waves are held down. */
    fun even() {
        for (place in real.indices) {
            val held = sqrt(hypot(real[place], imaginary[place]) + EVENED)
            real[place] /= held
            imaginary[place] /= held
        }
    }

    /** The picture of the products of these waves with those of [other]. */
    fun correlated(other: Waves): Waves {
        val product = Waves()
        for (place in real.indices) { // the inverse transform is the transform with both parts exchanged, over the count
            product.imaginary[place] = (real[place] * other.real[place] - imaginary[place] * other.imaginary[place]) / real.size
            product.real[place] = (real[place] * other.imaginary[place] + imaginary[place] * other.real[place]) / real.size
        }
        product.transform()
        return Waves(product.imaginary, product.real)
    }

    /** One line of [CELLS] numbers, [stride] apart, by halves (Cooley and Tukey, 1965). */
    private fun transform(start: Int, stride: Int) {
        for (index in 0 until CELLS) {
            if (index < REVERSED[index]) exchange(start + index * stride, start + REVERSED[index] * stride)
        }
        var half = 1
        while (half < CELLS) {
            for (index in 0 until CELLS / 2) {
                val part = index % half
                val even = start + (index / half * 2 * half + part) * stride
                val odd = even + half * stride
                val cosine = COSINES[part * (CELLS / 2 / half)]
                val sine = SINES[part * (CELLS / 2 / half)]
                val re = real[odd] * cosine - imaginary[odd] * sine
                val im = real[odd] * sine + imaginary[odd] * cosine
                real[odd] = real[even] - re
                imaginary[odd] = imaginary[even] - im
                real[even] += re
                imaginary[even] += im
            }
            half *= 2
        }
    }

    private fun exchange(one: Int, other: Int) {
        real[one] = real[other].also { real[other] = real[one] }
        imaginary[one] = imaginary[other].also { imaginary[other] = imaginary[one] }
    }

    private companion object {
        private val COSINES = DoubleArray(CELLS / 2) { cos(-2 * PI * it / CELLS) }
        private val SINES = DoubleArray(CELLS / 2) { sin(-2 * PI * it / CELLS) }
        private val REVERSED = IntArray(CELLS) { Integer.reverse(it) ushr Integer.numberOfLeadingZeros(CELLS) + 1 }
    }
}
