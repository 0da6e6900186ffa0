import type { Kind } from '../contract.js'
import { type CameraName, cameraViews } from './cameraViews.js'
import type { LegendActions } from './legend.js'
import type { PanelActions } from './panel.js'
import { toggleTheme } from './theme.js'
import type { TimelineActions } from './timeline.js'
import type { ToolbarActions } from './toolbar.js'
import type { Viewer } from './viewer.js'

export interface ViewerActions extends ToolbarActions {
  legend: LegendActions
  timeline: TimelineActions
  panel(at: number, panels: number): PanelActions
  nextLog(): void
  nextCamera(): void
  /** Plans the next step when it is playing; called after each shown frame. */
  keepPlaying(): void
}

/** What buttons, keys and menus do. Built once for a viewer, which need not be finished then. */
export function viewerActions(viewer: Viewer): ViewerActions {
  const set = (patch: Parameters<Viewer['store']['set']>[0]) => viewer.store.set(patch)
  const panels = () => viewer.store.now.panels
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    legend: legendActions(viewer),
    timeline: timelineActions(viewer),
    panel: (at, count) => ({
      choose: (kind) => set({ panels: panels().with(at, kind) }),
      remove: count > 1 ? () => set({ panels: panels().filter((_, i) => i !== at) }) : undefined,
    }),
    log: (logId) => void viewer.goToLog(logId),
    nextLog: () => void viewer.goToLog(followingLog(viewer)),
    horizon: (horizonS) => set({ horizonS }),
    colouring: (colouring) => set({ colouring }),
    unobserved: (unobserved) => set({ unobserved }),
    look: (name) => viewer.look(name),
    nextCamera: () => viewer.look(followingCamera(viewer.camera)),
    addPanel: () => set({ panels: [...panels(), missingKind(viewer)] }),
    theme: () => {
      toggleTheme()
      viewer.repaint()
    },
    audit: () => viewer.audit?.toggle(),
    // The page replaces it once it has a dialog to open.
    help: () => undefined,
    keepPlaying: () => {
      clearTimeout(timer)
      const { playing, framesPerS } = viewer.store.now
      if (playing) timer = setTimeout(() => viewer.step(1), 1000 / framesPerS)
    },
  }
}

function legendActions({ data, store }: Viewer): LegendActions {
  const scored = () => data.run.classes.flatMap(({ superclass }, index) => (superclass === 'free' ? [] : [index]))
  return {
    toggle: (index) => {
      const hidden = new Set(store.now.hidden)
      if (!hidden.delete(index)) hidden.add(index)
      store.set({ hidden })
    },
    solo: (index) => store.set({ hidden: new Set(scored().filter((other) => other !== index)) }),
    showAll: () => store.set({ hidden: new Set() }),
  }
}

function timelineActions(viewer: Viewer): TimelineActions {
  return {
    step: (by) => viewer.step(by),
    goTo: (frameIndex) => viewer.store.set({ frameIndex, playing: false }),
    togglePlay: () => viewer.store.set({ playing: !viewer.store.now.playing }),
    speed: (framesPerS) => viewer.store.set({ framesPerS }),
    onlyPredicted: (onlyPredicted) => viewer.store.set({ onlyPredicted }),
  }
}

/** The next log that has predictions, or the next at all where none has. */
function followingLog({ data, store }: Viewer): string {
  const predicted = data.run.logs.filter((log) => log.predicted > 0)
  const logs = predicted.length > 0 ? predicted : data.run.logs
  const at = logs.findIndex(({ logId }) => logId === store.now.logId)
  return logs[(at + 1) % logs.length].logId
}

function followingCamera(now: CameraName | null): CameraName {
  const names = Object.keys(cameraViews) as CameraName[]
  return names[(names.indexOf(now ?? 'above') + 1) % names.length]
}

/** The first kind that no panel shows. */
function missingKind({ data, store }: Viewer): Kind {
  return data.run.kinds.find((kind) => !store.now.panels.includes(kind)) ?? 'truth'
}
