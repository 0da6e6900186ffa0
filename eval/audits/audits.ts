import type { Audit } from './audit.js'
import { rigHoldout } from './rigHoldout.js'

export const audits = { rigHoldout } satisfies Record<string, Audit>
