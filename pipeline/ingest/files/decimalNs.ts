/** Digits between a unit of time and ns: 1 s is 10⁹ ns. */
export const nsDigits = { s: 9, ms: 6, us: 3, ns: 0 } as const
export type TimeUnit = keyof typeof nsDigits
export const nsPerUnit: Readonly<Record<TimeUnit, number>> = { s: 1e9, ms: 1e6, us: 1e3, ns: 1 }

const int64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n }

/**
 * A decimal number as text, such as `1700000000.123456789` or `1.5e+09`, to ns: exact, through no float, and rounded
 * (half away from zero) only below one ns. Null for text that is no decimal number or beyond 64 bits of ns.
 */
export function decimalNs(text: string, unit: TimeUnit): bigint | null {
  const match = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,2}))?$/.exec(text)
  if (!match) return null
  const [, sign, whole, fraction = '', exponent = '0'] = match
  const shift = nsDigits[unit] + Number(exponent) - fraction.length
  // Longer ones are no times, and would be long work for big integers.
  if (whole.length + fraction.length > 60) return null
  const digits = BigInt(whole + fraction)
  const magnitude = shift >= 0 ? digits * 10n ** BigInt(shift) : roundedShare(digits, 10n ** BigInt(-shift))
  const ns = sign === '-' ? -magnitude : magnitude
  return ns < int64.least || ns > int64.most ? null : ns
}

function roundedShare(value: bigint, divisor: bigint): bigint {
  return (value + divisor / 2n) / divisor
}

/**
 * Units of whole numbers that are times since the Unix epoch, told by their digits: so from 2001 to 2286, and in ns from
 * 1973, for clocks that are behind (Argoverse 2's). A zero in front makes it a counter.
 */
const unitByDigits: Readonly<Record<number, TimeUnit>> = { 19: 'ns', 18: 'ns', 16: 'us', 13: 'ms', 10: 's' }
export const epochForms =
  'a whole number of 19 or 18 (ns), 16 (us), 13 (ms) or 10 (s) digits, or decimal seconds with a point'

/** A time without a unit, as `epochForms` says. Null for what may be several things, or is no number. */
export function epochNs(text: string): bigint | null {
  if (/^[1-9]\d*$/.test(text)) {
    const unit = unitByDigits[text.length]
    return unit ? decimalNs(text, unit) : null
  }
  return /^\d+\.\d+$/.test(text) ? decimalNs(text, 's') : null
}
