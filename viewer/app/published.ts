import type { Kind } from '../contract.js'
import type { Shown } from './shown.js'
import type { Surface } from './surface.js'
import type { ViewState } from './viewState.js'

/** What is on screen, for whoever drives the page from outside: a test, a script that takes pictures. */
export interface PublishedView {
  /** True from the first drawn frame on. */
  ready: boolean
  log: string
  frame: number
  horizonS: number | null
  colouring: ViewState['colouring']
  /** Voxels drawn, over all panels. */
  voxels: number
  panels: { kind: Kind; voxels: number; iou: number | null; miou: number | null }[]
  /** Frames drawn so far. */
  draws: number
}

declare global {
  interface Window {
    occlabViewer?: PublishedView
  }
}

/** Called after a frame was drawn. */
export function publish(state: ViewState, { panels, frame, log }: Shown, surfaces: readonly (Surface | null)[]): void {
  window.occlabViewer = {
    ready: true,
    log: log.logId,
    frame: frame.frameIndex,
    horizonS: state.horizonS,
    colouring: state.colouring,
    voxels: surfaces.reduce((sum, surface) => sum + (surface?.voxels ?? 0), 0),
    panels: panels.map(({ kind, score }, at) => ({
      kind,
      voxels: surfaces[at]?.voxels ?? 0,
      iou: score?.iou.value ?? null,
      miou: score?.miou.value ?? null,
    })),
    draws: (window.occlabViewer?.draws ?? 0) + 1,
  }
}
