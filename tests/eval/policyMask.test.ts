import { describe, expect, it } from 'vitest'
import { policies } from '../../eval/metrics/policies.js'
import { maskOf } from '../../eval/policyMask.js'
import { UsageError } from '../../pipeline/errors.js'

const frame = { semantics: new Uint8Array(10), observed: Uint8Array.of(0b101, 0b10) }

describe('the mask of a policy', () => {
  it('is every voxel where the policy masks nothing', () => {
    expect(maskOf(policies.occworld, frame)).toBeUndefined()
  })

  it('is what was observed, one byte a voxel', () => {
    expect([...maskOf(policies.occlab, frame)!]).toEqual([1, 0, 1, 0, 0, 0, 0, 0, 0, 1])
  })

  it('is refused where the dataset does not carry it, so that the name of a policy never lies', () => {
    expect(() => maskOf(policies.occ3d, frame)).toThrow(UsageError)
    expect(() => maskOf(policies.occ3d, frame)).toThrow(/occ3d.*camera/)
  })
})
