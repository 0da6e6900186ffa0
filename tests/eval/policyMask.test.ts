import { describe, expect, it } from 'vitest'
import { policies } from '../../eval/metrics/policies.js'
import { type MaskedFrame, maskOf } from '../../eval/policyMask.js'
import { UsageError } from '../../pipeline/errors.js'
import { classIndex, taxonomies } from '../../pipeline/taxonomy.js'

const observed = Uint8Array.of(0b101, 0b10)
const { semantickitti: kitti } = taxonomies
const others = classIndex(kitti, 'others')
/** Ten voxels of cars, but for number 2. */
const semantics = new Uint8Array(10).fill(classIndex(kitti, 'car')).fill(others, 2, 3)
const frame: MaskedFrame = { logId: 'drive', frameIndex: 7, semantics, observed, observedBy: null }
const camera = Uint8Array.of(0b100, 0)
const lidar = Uint8Array.of(0b001, 0b10)

describe('the mask of a policy', () => {
  it('is every voxel where the policy masks nothing', () => {
    expect(maskOf(policies.occworld, frame, kitti)).toBeUndefined()
  })

  it('is what was observed', () => {
    expect(maskOf(policies.occlab, frame, kitti)).toBe(observed)
  })

  it('is less the true `others` under SemanticKITTI’s, which its code calls invalid', () => {
    expect(maskOf(policies.semantickitti, { ...frame, observedBy: { camera } }, kitti)).toEqual(
      Uint8Array.of(0b001, 0b10),
    )
  })

  it("is the frame's own camera or LiDAR mask", () => {
    const masked = { ...frame, observedBy: { lidar, camera } }
    expect(maskOf(policies.occ3d, masked, kitti)).toBe(camera)
    expect(maskOf(policies['occ3d-lidar'], masked, kitti)).toBe(lidar)
  })

  it('is refused where the dataset does not carry it, so that the name of a policy never lies', () => {
    expect(() => maskOf(policies.occ3d, frame, kitti)).toThrow(UsageError)
    expect(() => maskOf(policies.occ3d, frame, kitti)).toThrow(/log drive, frame 7.*occ3d.*camera/)
    expect(() => maskOf(policies.occ3d, { ...frame, observedBy: { lidar } }, kitti)).toThrow(/observed, lidar/)
    expect(() => maskOf(policies['occ3d-lidar'], { ...frame, observedBy: { up_lidar: lidar } }, kitti)).toThrow(
      UsageError,
    )
  })
})
