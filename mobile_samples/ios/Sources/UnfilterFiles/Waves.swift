import Foundation

private let evened = 1e-9  // beside which a wave's amplitude counts

/// 32 x 32 complex numbers, row by row: a picture of the cells of a mark, or the waves that it is the sum of. Loops that run some thousand
/// times for a file go by pointers and `while`: so they take seconds where nothing is optimised, as in tests, and not minutes.
struct Waves {
    var real = [Double](repeating: 0, count: cells * cells)
    var imaginary = [Double](repeating: 0, count: cells * cells)

    /// From a picture to its waves: the discrete Fourier transform, in place.
    mutating func transform() {
        real.withUnsafeMutableBufferPointer { real in
            imaginary.withUnsafeMutableBufferPointer { imaginary in
                for line in 0..<cells {
                    transformed(real.baseAddress! + line * cells, imaginary.baseAddress! + line * cells, 1)
                }
                for line in 0..<cells {
                    transformed(real.baseAddress! + line, imaginary.baseAddress! + line, cells)
                }
            }
        }
    }

    /// Each wave with the square root of its amplitude, in place: a picture's strong waves are held down.
    mutating func even() {
        for place in real.indices {
            let held = (hypot(real[place], imaginary[place]) + evened).squareRoot()
            real[place] /= held
            imaginary[place] /= held
        }
    }

    /// The picture of the products of these waves with those of `other`.
    func correlated(_ other: Waves) -> Waves {
        var product = Waves()
        let scale = 1 / Double(cells * cells)
        // The inverse transform is the transform with both parts exchanged, over the count.
        multiply(real, imaginary, other.real, other.imaginary, scale, &product.imaginary, &product.real)
        product.transform()
        return Waves(real: product.imaginary, imaginary: product.real)
    }
}

private func multiply(
    _ real: UnsafePointer<Double>,
    _ imaginary: UnsafePointer<Double>,
    _ otherReal: UnsafePointer<Double>,
    _ otherImaginary: UnsafePointer<Double>,
    _ scale: Double,
    _ productReal: UnsafeMutablePointer<Double>,
    _ productImaginary: UnsafeMutablePointer<Double>
) {
    var place = 0
    while place < cells * cells {
        productReal[place] = (real[place] * otherReal[place] - imaginary[place] * otherImaginary[place]) * scale
        productImaginary[place] = (real[place] * otherImaginary[place] + imaginary[place] * otherReal[place]) * scale
        place += 1
    }
}

/// One line of 32 numbers, `stride` apart, by halves (Cooley and Tukey, 1965).
private func transformed(_ real: UnsafeMutablePointer<Double>, _ imaginary: UnsafeMutablePointer<Double>, _ stride: Int) {
    exchanged.withUnsafeBufferPointer { exchanged in
        let places = exchanged.baseAddress!
        var index = 0
        while index < exchanged.count {
            let (one, other) = (places[index] * stride, places[index + 1] * stride)
            let (re, im) = (real[one], imaginary[one])
            real[one] = real[other]
            imaginary[one] = imaginary[other]
            real[other] = re
            imaginary[other] = im
            index += 2
        }
    }
    turns.withUnsafeBufferPointer { turns in
        let turns = turns.baseAddress!
        var half = 1
        while half < cells {
            var index = 0
            while index < cells / 2 {
                let part = index % half
                let even = (index / half * 2 * half + part) * stride
                let odd = even + half * stride
                let (cosine, sine) = (turns[part * (cells / half)], turns[part * (cells / half) + 1])
                let re = real[odd] * cosine - imaginary[odd] * sine
                let im = real[odd] * sine + imaginary[odd] * cosine
                real[odd] = real[even] - re
                imaginary[odd] = imaginary[even] - im
                real[even] += re
                imaginary[even] += im
                index += 1
            }
            half *= 2
        }
    }
}

/// Cosine and sine, one after the other, of the turns of half a circle to the right.
private let turns: [Double] = (0..<cells / 2).flatMap { (index: Int) -> [Double] in
    let angle = -2 * Double.pi * Double(index) / Double(cells)
    return [cos(angle), sin(angle)]
}

/// Places that exchange their numbers first, one pair after the other: those whose five bits are each other's, backwards.
private let exchanged: [Int] = (0..<cells).flatMap { (index: Int) -> [Int] in
    let backwards = (0..<5).reduce(0) { (bits: Int, bit: Int) -> Int in bits << 1 | index >> bit & 1 }
    return index < backwards ? [index, backwards] : []
}
