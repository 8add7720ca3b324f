/** The discrete Fourier transform of 32 x 32 complex values, which is all that a mark's cells need (R31 of sdk/format/RULES.md). */

/** Side of what is transformed: that of a pattern, in cells. */
export const SIDE = 32;
export const AREA = SIDE * SIDE;

/** A transform, or what it is of: real and imaginary parts, row by row. */
export interface Complex {
  re: Float64Array<ArrayBuffer>;
  im: Float64Array<ArrayBuffer>;
}

const COSINES = Float64Array.from({ length: SIDE / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / SIDE));
const SINES = Float64Array.from({ length: SIDE / 2 }, (_, k) => Math.sin((2 * Math.PI * k) / SIDE));
/** Each index with its five bits in reverse. */
const REVERSED = Uint8Array.from({ length: SIDE }, (_, index) => [0, 1, 2, 3, 4].reduce((sum, bit) => sum | (((index >> bit) & 1) << (4 - bit)), 0));

export function complex(re = new Float64Array(AREA)): Complex {
  return { re, im: new Float64Array(AREA) };
}

/** Transforms in place, by Cooley and Tukey (1965); `inverse` divides by the count, so that it undoes the other. */
export function transform(values: Complex, inverse = false): Complex {
  for (let line = 0; line < SIDE; line++) transformLine(values, line * SIDE, 1, inverse);
  for (let line = 0; line < SIDE; line++) transformLine(values, line, SIDE, inverse);
  if (inverse) {
    for (let index = 0; index < AREA; index++) {
      values.re[index]! /= AREA;
      values.im[index]! /= AREA;
    }
  }
  return values;
}

function transformLine({ re, im }: Complex, start: number, step: number, inverse: boolean): void {
  for (let index = 0; index < SIDE; index++) {
    const other = REVERSED[index]!;
    if (other <= index) continue;
    const [one, two] = [start + index * step, start + other * step];
    const [real, imaginary] = [re[one]!, im[one]!];
    re[one] = re[two]!;
    im[one] = im[two]!;
    re[two] = real;
    im[two] = imaginary;
  }
  const sign = inverse ? 1 : -1;
  for (let half = 1; half < SIDE; half *= 2) {
    const stride = SIDE / (2 * half);
    for (let k = 0; k < half; k++) {
      const cosine = COSINES[k * stride]!, sine = sign * SINES[k * stride]!;
      for (let block = k; block < SIDE; block += 2 * half) {
        const upper = start + block * step, lower = upper + half * step;
        const real = re[lower]! * cosine - im[lower]! * sine;
        const imaginary = re[lower]! * sine + im[lower]! * cosine;
        re[lower] = re[upper]! - real;
        im[lower] = im[upper]! - imaginary;
        re[upper]! += real;
        im[upper]! += imaginary;
      }
    }
  }
}
