import { angles } from './angles.js'
import type { Check } from './check.js'
import { clock } from './clock.js'
import { extrinsics } from './extrinsics.js'
import { gaps } from './gaps.js'
import { poseJumps } from './poseJumps.js'
import { poseRows } from './poseRows.js'
import { silentSensors } from './silentSensors.js'
import { timeUnits } from './timeUnits.js'

/** What every log is looked at for, in this order. */
export const checks = {
  extrinsics,
  clock,
  poseRows,
  timeUnits,
  angles,
  gaps,
  poseJumps,
  silentSensors,
} satisfies Record<string, Check>

export type CheckName = keyof typeof checks
