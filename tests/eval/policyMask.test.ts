import { describe, expect, it } from 'vitest'
import { policies } from '../../eval/metrics/policies.js'
import { type MaskedFrame, maskOf } from '../../eval/policyMask.js'
import { UsageError } from '../../pipeline/errors.js'

const observed = Uint8Array.of(0b101, 0b10)
const frame: MaskedFrame = { logId: 'drive', frameIndex: 7, observed, observedBy: null }
const camera = Uint8Array.of(0b100, 0)
const lidar = Uint8Array.of(0b001, 0b10)

describe('the mask of a policy', () => {
  it('is every voxel where the policy masks nothing', () => {
    expect(maskOf(policies.occworld, frame)).toBeUndefined()
  })

  it('is what was observed', () => {
    expect(maskOf(policies.occlab, frame)).toBe(observed)
    expect(maskOf(policies.semantickitti, { ...frame, observedBy: { camera } })).toBe(observed)
  })

  it("is the frame's own camera or LiDAR mask", () => {
    const masked = { ...frame, observedBy: { lidar, camera } }
    expect(maskOf(policies.occ3d, masked)).toBe(camera)
    expect(maskOf(policies['occ3d-lidar'], masked)).toBe(lidar)
  })

  it('is refused where the dataset does not carry it, so that the name of a policy never lies', () => {
    expect(() => maskOf(policies.occ3d, frame)).toThrow(UsageError)
    expect(() => maskOf(policies.occ3d, frame)).toThrow(/log drive, frame 7.*occ3d.*camera/)
    expect(() => maskOf(policies.occ3d, { ...frame, observedBy: { lidar } })).toThrow(/observed, lidar/)
    expect(() => maskOf(policies['occ3d-lidar'], { ...frame, observedBy: { up_lidar: lidar } })).toThrow(UsageError)
  })
})
