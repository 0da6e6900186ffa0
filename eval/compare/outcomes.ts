import type { DifferenceMark } from '../report/charts/differences.js'
import type { Outcome } from './comparisonRow.js'

/** On which side of the ledger an outcome stands. */
export const tones: Record<Outcome, DifferenceMark['tone']> = {
  better: 'good',
  worse: 'bad',
  open: 'unknown',
  same: 'unknown',
  'insufficient-support': 'unknown',
  'not-applicable': 'unknown',
}

/** What an outcome is called. */
export const words: Record<Outcome, string> = {
  better: 'better',
  worse: 'worse',
  open: 'cannot be told',
  same: 'the same on every log',
  'insufficient-support': 'too few logs',
  'not-applicable': 'nothing to measure',
}

/** A p-value as it is printed. */
export function pShown(p: number | null): string {
  return p === null ? '' : p < 0.001 ? '< 0.001' : p.toFixed(3)
}
