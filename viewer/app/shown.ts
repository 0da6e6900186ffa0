import type { FrameInfo, Kind, LogInfo } from '../contract.js'
import { ahead } from '../contract.js'
import type { RunData } from './data.js'
import { type FrameScore, scoreFrame } from './frameScore.js'
import type { ViewState } from './viewState.js'
import { has, whyEmpty } from './words.js'

export interface PanelContent {
  kind: Kind
  /** [X·Y·Z] class indices; null when there is nothing to show, and `why` says so in words. */
  grid: Uint8Array | null
  why: string | null
  /** Null for the truth and for an empty panel. */
  score: FrameScore | null
}

/** One instant, ready to be painted. */
export interface Shown {
  log: LogInfo
  frame: FrameInfo
  truth: Uint8Array
  /** [X·Y·Z] one byte a voxel. */
  observed: Uint8Array
  panels: PanelContent[]
}

type Asked = Pick<ViewState, 'logId' | 'frameIndex' | 'horizonS' | 'panels'>

/** Fetches everything that the panels show of one instant. */
export async function loadShown(data: RunData, { logId, frameIndex, horizonS, panels }: Asked): Promise<Shown> {
  const log = await data.log(logId)
  const summary = log.frames.find((each) => each.frameIndex === frameIndex)
  // What is known to be missing is not asked for: a failed request would look like a fault.
  const gridOf = (kind: Kind) =>
    summary && has(summary, kind, horizonS)
      ? data.grid(logId, frameIndex, kind, ahead.has(kind) ? horizonS : null)
      : null
  const [frame, observed, truth, ...grids] = await Promise.all([
    data.frame(logId, frameIndex),
    data.observed(logId, frameIndex),
    gridOf('truth'),
    ...panels.map(gridOf),
  ])
  if (!truth) throw new Error(`there is no frame ${frameIndex} in log ${logId}`)
  const contents = panels.map((kind, i): PanelContent => {
    const grid = grids[i]
    const scored = grid && kind !== 'truth'
    return {
      kind,
      grid,
      why: grid ? null : whyEmpty(kind, horizonS, log),
      score: scored ? scoreFrame(truth, grid, observed, data.run.classes) : null,
    }
  })
  return { log, frame, truth, observed, panels: contents }
}
