import { angles } from './angles.js'
import { belowGrid } from './belowGrid.js'
import type { Check } from './check.js'
import { clock } from './clock.js'
import { extrinsics } from './extrinsics.js'
import { gaps } from './gaps.js'
import { poseJumps } from './poseJumps.js'
import { poseRows } from './poseRows.js'
import { silentSensors } from './silentSensors.js'
import { stillPoses } from './stillPoses.js'
import { timeUnits } from './timeUnits.js'
import { trackIds } from './trackIds.js'
import { unreadable } from './unreadable.js'

/** What every log is looked at for, in this order. */
export const checks = {
  extrinsics,
  clock,
  poseRows,
  timeUnits,
  angles,
  gaps,
  poseJumps,
  stillPoses,
  trackIds,
  unreadable,
  silentSensors,
  belowGrid,
} satisfies Record<string, Check>

export type CheckName = keyof typeof checks
