import type { EgoMotion } from '../../pipeline/schema.js'

/** What planning needs to know of a frame; frames are given log by log, in time order. */
export interface WindowFrame {
  logId: string
  frameIndex: number
  /** Motion from the previous frame to this one; null at a log's start and after a gap. */
  egoMotion: EgoMotion | null
  /** Part of the split; null for a frame that the split leaves out. */
  part: string | null
}

/** `past + future` consecutive frames of one log; `first` is the first one's place in the list that was planned. */
export interface Window {
  logId: string
  first: number
  firstFrameIndex: number
}

export interface WindowRule {
  part: string
  /** Frames that are observed, and frames that are forecast after them. */
  past: number
  future: number
  /** Time from frame to frame, s; a motion whose dt is off by more than `tolerance`, a share of it, counts as a gap. */
  stepS: number
  /** Default 0.25: key frames of real logs come within a tenth or two of their time. */
  tolerance?: number
  /** Frames from the start of one window to the next; 1 takes every window. */
  stride?: number
}

export interface WindowPlan {
  rule: Required<WindowRule>
  windows: Window[]
  /** Windows that hold a frame of the part but were left out, by reason, and logs of the part too short for one. */
  leftOut: {
    /** Some frame belongs to another part, or to none. */
    border: number
    /** Two frames do not follow each other in time. */
    gap: number
    shortLogs: number
  }
}

/**
 * Plans the windows of one part: every run of `past + future` frames of one log that lies wholly in the part and has
 * no gap. A window that straddles the border of the part is left out, so no forecast of one part starts from frames
 * of another. A window with both faults counts as `border`.
 */
export function planWindows(frames: readonly WindowFrame[], rule: WindowRule): WindowPlan {
  const full = { stride: 1, tolerance: 0.25, ...rule }
  const length = full.past + full.future
  const plan: WindowPlan = { rule: full, windows: [], leftOut: { border: 0, gap: 0, shortLogs: 0 } }
  for (const { start, end } of logRuns(frames)) {
    const isOfPart = frames.slice(start, end).some((frame) => frame.part === full.part)
    if (isOfPart && end - start < length) plan.leftOut.shortLogs++
    for (let first = start; first + length <= end; first += full.stride) {
      const fault = faultOf(frames.slice(first, first + length), full)
      if (fault === 'foreign') continue
      if (fault) plan.leftOut[fault]++
      else plan.windows.push({ logId: frames[first].logId, first, firstFrameIndex: frames[first].frameIndex })
    }
  }
  return plan
}

/** Ranges [start, end) of frames of the same log. */
function logRuns(frames: readonly WindowFrame[]): { start: number; end: number }[] {
  const runs: { start: number; end: number }[] = []
  frames.forEach((frame, i) => {
    if (i > 0 && frames[i - 1].logId === frame.logId) runs[runs.length - 1].end = i + 1
    else runs.push({ start: i, end: i + 1 })
  })
  return runs
}

function faultOf(frames: readonly WindowFrame[], rule: Required<WindowRule>): 'foreign' | 'border' | 'gap' | null {
  const inPart = frames.filter((frame) => frame.part === rule.part).length
  if (inPart === 0) return 'foreign'
  if (inPart < frames.length) return 'border'
  // The motion into the first frame lies before the window and does not matter.
  return frames.slice(1).some((frame, i) => !follows(frames[i], frame, rule)) ? 'gap' : null
}

function follows(before: WindowFrame, { frameIndex, egoMotion }: WindowFrame, rule: Required<WindowRule>): boolean {
  if (egoMotion === null || frameIndex !== before.frameIndex + 1) return false
  return Math.abs(egoMotion.dtS - rule.stepS) <= rule.tolerance * rule.stepS
}
