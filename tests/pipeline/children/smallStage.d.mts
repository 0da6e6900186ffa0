import type { StagePlan, Work } from '../../../pipeline/stage.js'

export const smallStage: {
  plan(target: string, replace?: boolean): StagePlan
  /** `onUnit` is called in the middle of each unit, when its file is written and not yet accounted for. */
  run(work: Work, onUnit?: (unit: number) => Promise<void>): Promise<void>
}
