import { UsageError } from '../../pipeline/errors.js'
import type { DatasetTaxonomy, VoxelClass } from '../../pipeline/taxonomy.js'

/**
 * The conventions under which an occupancy score was taken. Published tables differ in all of them, so no number is
 * printed without its policy's name.
 */
export interface Policy {
  name: string
  /** Which voxels count: all, those a sensor ray or point touched, those a camera or the LiDAR saw. */
  mask: 'none' | 'observed' | 'camera' | 'lidar'
  /** Which classes the mean runs over. */
  scores: (voxelClass: VoxelClass) => boolean
  /** Classes whose true voxels do not count at all, whatever is predicted there; none where it is left out. */
  ignores?: (voxelClass: VoxelClass) => boolean
  /** Both in words. */
  scored: string
  /** What makes a class absent: no voxel of it in the truth, or none in truth and prediction both. */
  absentFrom: 'truth' | 'truth and prediction'
  /** How an absent class enters the mean: not at all, as IoU 1, or as IoU 0. */
  absent: 'skip' | 'one' | 'zero'
  /** Where the convention comes from. */
  source: string
}

const notFree = (voxelClass: VoxelClass) => voxelClass.superclass !== 'free'

export const policies = {
  occlab: {
    name: 'occlab',
    mask: 'observed',
    scores: notFree,
    scored: 'all classes but free',
    absentFrom: 'truth',
    absent: 'skip',
    source: 'Ours: what no sensor touched has no truth, and a class that is not there has no IoU.',
  },
  // A class that is predicted but nowhere in the truth scores 0 there; 0/0 alone is NaN, which nanmean skips. On the
  // whole validation set every class is present and the difference vanishes; on a few logs it does not.
  occ3d: {
    name: 'occ3d',
    mask: 'camera',
    scores: notFree,
    scored: 'all classes but free',
    absentFrom: 'truth and prediction',
    absent: 'skip',
    source: 'Occ3D (https://arxiv.org/abs/2304.14365), the challenge’s occ_metrics.py, count_miou.',
  },
  // What its authors give beside the camera's: the same classes under the voxels that the LiDAR saw.
  'occ3d-lidar': {
    name: 'occ3d-lidar',
    mask: 'lidar',
    scores: notFree,
    scored: 'all classes but free',
    absentFrom: 'truth and prediction',
    absent: 'skip',
    source: 'Occ3D (https://arxiv.org/abs/2304.14365), the challenge’s occ_metrics.py with use_lidar_mask.',
  },
  // Absent means total_seen == 0: even voxels wrongly predicted as the class leave its IoU at 1.
  occworld: {
    name: 'occworld',
    mask: 'none',
    scores: notFree,
    scored: 'all classes but free',
    absentFrom: 'truth',
    absent: 'one',
    source: 'OccWorld (https://arxiv.org/abs/2311.16038), utils/metric_util.py, multi_step_MeanIou; DOME follows it.',
  },
  // Its `.invalid` voxels are those no laser ray reached, our `observed`; its epsilon of 1e-15 turns 0/0 into 0.
  semantickitti: {
    name: 'semantickitti',
    mask: 'observed',
    // What its `learning_map` takes to 0 (unlabelled, other structures and objects: our `others`) becomes 255 in voxels, invalid.
    scores: (voxelClass) => notFree(voxelClass) && voxelClass.name !== 'others',
    ignores: (voxelClass) => voxelClass.name === 'others',
    scored: 'all classes but free and others, true others ignored',
    absentFrom: 'truth and prediction',
    absent: 'zero',
    source: 'SemanticKITTI (https://arxiv.org/abs/1904.01416), semantic-kitti-api, evaluate_completion.py.',
  },
  'present-classes': {
    name: 'present-classes',
    mask: 'none',
    scores: notFree,
    scored: 'all classes but free',
    absentFrom: 'truth',
    absent: 'skip',
    source: 'OccStress, occstress/metrics/occupancy.py, score_counts (policy occstress-present-gt-v1).',
  },
} satisfies Record<string, Policy>

export type PolicyName = keyof typeof policies

/** What a policy says of classes, for the `class_policy` of a row. */
export function classPolicyOf({ scored, absentFrom, absent }: Policy): string {
  return `${scored}; absent from ${absentFrom}: ${absent}`
}

/** Looks a policy up. Throws UsageError that lists the policies. */
export function policyNamed(name: string): Policy {
  const policy = (policies as Record<string, Policy>)[name]
  if (!policy) throw new UsageError(`no metric policy '${name}'`, { expected: Object.keys(policies).join(' | ') })
  return policy
}

/** By policy and taxonomy: a bootstrap asks thousands of times. */
const knownScored = new WeakMap<Policy, WeakMap<DatasetTaxonomy, readonly number[]>>()

/** Indices of the classes that the policy's mean runs over. */
export function scoredClasses(policy: Policy, taxonomy: DatasetTaxonomy): readonly number[] {
  const ofPolicy = knownScored.get(policy) ?? new WeakMap<DatasetTaxonomy, readonly number[]>()
  knownScored.set(policy, ofPolicy)
  const known = ofPolicy.get(taxonomy)
  if (known) return known
  const scored = taxonomy.classes.flatMap((voxelClass, index) => (policy.scores(voxelClass) ? [index] : []))
  ofPolicy.set(taxonomy, scored)
  return scored
}

/** Whether the policy calls a class absent that has `truth` true voxels and `union` true or predicted ones. */
export function isAbsent(policy: Policy, truth: number, union: number): boolean {
  return policy.absentFrom === 'truth' ? truth === 0 : union === 0
}
