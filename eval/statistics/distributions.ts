/**
 * The standard normal distribution function, to about 1e-15: ½ + φ(x)·(x + x³/3 + x⁵/(3·5) + …), G. Marsaglia,
 * "Evaluating the Normal Distribution", 2004, https://doi.org/10.18637/jss.v011.i04.
 */
export function normalCdf(x: number): number {
  if (x < -8) return 0
  if (x > 8) return 1
  let term = x
  let sum = x
  let before = Number.NaN
  for (let odd = 3; sum !== before; odd += 2) {
    before = sum
    term *= (x * x) / odd
    sum += term
  }
  return 0.5 + (sum * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI)
}

/** The x with normalCdf(x) = p. ±8 stands for what lies beyond. */
export function normalQuantile(p: number): number {
  return invert(normalCdf, p, 8)
}

/**
 * Student's distribution function for a whole number of degrees of freedom, as the finite sums of Abramowitz & Stegun,
 * "Handbook of Mathematical Functions", 26.7.3 and 26.7.4.
 */
export function studentCdf(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees))
  const cosine2 = Math.cos(angle) ** 2
  const odd = degrees % 2
  let term = odd ? Math.cos(angle) : 1
  let sum = degrees === 1 ? 0 : term
  for (let k = odd ? 3 : 2; k <= degrees - 2; k += 2) {
    term *= (cosine2 * (k - 1)) / k
    sum += term
  }
  const within = odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum
  return 0.5 + within / 2
}

/** The t with studentCdf(t, degrees) = p. ±10⁶ stands for what lies beyond. */
export function studentQuantile(p: number, degrees: number): number {
  return invert((t) => studentCdf(t, degrees), p, 1e6)
}

/** Bisection down to neighbouring doubles: slow and sure; quantiles are taken a few times an interval. */
function invert(cdf: (x: number) => number, p: number, bound: number): number {
  let low = -bound
  let high = bound
  for (let middle = 0; middle !== low && middle !== high; ) {
    if (cdf(middle) < p) low = middle
    else high = middle
    middle = (low + high) / 2
  }
  return high
}
