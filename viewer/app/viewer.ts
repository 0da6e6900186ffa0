import type { AuditInfo } from '../contract.js'
import { defaultPanels, readAddress, writeAddress } from './address.js'
import { AuditPanel } from './auditPanel.js'
import type { CameraName } from './cameraViews.js'
import type { RunData } from './data.js'
import { element } from './dom.js'
import { firstFrame, nearestStep, stepFrom, stepsOf } from './frameSteps.js'
import { groundHeightM } from './groundHeight.js'
import { Inspector } from './inspector.js'
import { Legend } from './legend.js'
import { paintClasses, paintOutcomes } from './paint.js'
import { classInks, outcomeInks } from './palette.js'
import { Panel } from './panel.js'
import { publish } from './published.js'
import { loadShown, type Shown } from './shown.js'
import { Stage } from './stage.js'
import { type Surface, surfaceOf } from './surface.js'
import { Timeline } from './timeline.js'
import { Toolbar } from './toolbar.js'
import { type ViewerActions, viewerActions } from './viewerActions.js'
import { type ViewState, ViewStore } from './viewState.js'

/** Wires state, panels and canvas together: a change of state loads what it needs, paints it and draws once. */
export class Viewer {
  readonly store: ViewStore
  readonly element: HTMLElement
  readonly actions: ViewerActions
  camera: CameraName | null = 'behind'
  shown: Shown | null = null
  readonly stage: Stage
  /** Null: the run holds no audit of its split. */
  readonly audit: AuditPanel | null
  private readonly canvas = element('canvas', { tabIndex: -1 })
  private readonly panelRow = element('div', { className: 'panels' })
  private readonly failure = element('p', { className: 'failure', hidden: true, role: 'alert' })
  private readonly toolbar: Toolbar
  private readonly legend: Legend
  private readonly timeline: Timeline
  private readonly inspector: Inspector
  private panels: Panel[] = []
  private surfaces: (Surface | null)[] = []
  private turn = 0

  private constructor(
    readonly data: RunData,
    initial: ViewState,
    audit: AuditInfo | null,
  ) {
    const { run } = data
    this.store = new ViewStore(initial)
    this.actions = viewerActions(this)
    this.toolbar = new Toolbar(run, this.actions)
    this.legend = new Legend(run, this.actions.legend)
    this.timeline = new Timeline(this.actions.timeline)
    const stage = element('main', {}, this.canvas, this.panelRow)
    this.element = element('div', { className: 'viewer' })
    this.stage = new Stage(this.canvas, run.grid, () => this.drawn())
    this.inspector = new Inspector(run, this.stage, this.canvas)
    this.element.append(this.toolbar.element, this.failure, stage, this.legend.element, this.timeline.element)
    this.element.append(this.inspector.element)
    this.audit = audit && new AuditPanel(audit, (logId, frameIndex) => this.goToFrame(logId, frameIndex))
    if (this.audit) this.element.append(this.audit.element)
    this.store.listen((now, before) => this.changed(now, before))
  }

  /** Starts where the address says, else at the first log with predictions. */
  static async open(data: RunData): Promise<Viewer> {
    const { run } = data
    const asked = readAddress(location.hash, run)
    const logId = asked.logId ?? (run.logs.find(({ predicted }) => predicted > 0) ?? run.logs[0]).logId
    const horizonS = asked.horizonS ?? run.horizonsS[0] ?? null
    const log = await data.log(logId)
    const isThere = log.frames.some(({ frameIndex }) => frameIndex === asked.frameIndex)
    const initial: ViewState = {
      panels: asked.panels ?? defaultPanels(run.kinds),
      colouring: asked.colouring ?? 'classes',
      unobserved: false,
      hidden: new Set(),
      playing: false,
      framesPerS: 2,
      onlyPredicted: true,
      logId,
      horizonS,
      frameIndex: isThere ? asked.frameIndex! : firstFrame(log, horizonS),
    }
    return new Viewer(data, initial, await data.audit())
  }

  /** Puts the panels on the page and shows the first frame. */
  start(): void {
    this.layPanels()
    this.update()
  }

  get steps(): number[] {
    return this.shown ? stepsOf(this.shown.log, this.store.now.onlyPredicted) : []
  }

  step(by: number): void {
    if (this.shown) this.store.set({ frameIndex: this.following(by) })
  }

  /** The frame `by` steps on; playing goes round at the end, a person does not. */
  private following(by: number): number {
    const { frameIndex, playing } = this.store.now
    return stepFrom(this.steps, frameIndex, by, playing)
  }

  /** Another log, at the frame that has most to compare. */
  async goToLog(logId: string): Promise<void> {
    const log = await this.data.log(logId)
    this.store.set({ logId, frameIndex: firstFrame(log, this.store.now.horizonS), playing: false })
  }

  /** A frame by its name. */
  private goToFrame(logId: string, frameIndex: number): void {
    this.store.set({ logId, frameIndex, playing: false })
  }

  look(name: CameraName): void {
    this.camera = name
    this.stage.look(name)
    this.toolbar.show(this.store.now, this.camera)
  }

  /** Paints and draws what is loaded again: colours of the page changed. */
  repaint(): void {
    if (this.shown) this.paint(this.shown)
  }

  private changed(now: ViewState, before: ViewState): void {
    if (now.panels !== before.panels) this.layPanels()
    if (now.onlyPredicted && !before.onlyPredicted && this.steps.length > 0)
      this.store.set({ frameIndex: nearestStep(this.steps, now.frameIndex) })
    this.update()
  }

  private layPanels(): void {
    const kinds = this.store.now.panels
    this.panels = kinds.map((kind, at) => new Panel(this.data.run, kind, this.actions.panel(at, kinds.length)))
    this.panelRow.replaceChildren(...this.panels.map((panel) => panel.element))
    this.stage.setPanels(this.panels.map(({ frame }) => frame))
    if (this.camera) this.stage.look(this.camera)
  }

  /** Loads and shows the state as it is now; a newer call makes this one pointless. */
  private async update(): Promise<void> {
    const mine = ++this.turn
    const state = this.store.now
    this.toolbar.show(state, this.camera)
    this.audit?.show(state)
    history.replaceState(null, '', writeAddress(state, this.data.run))
    try {
      const shown = await loadShown(this.data, state)
      if (mine !== this.turn) return
      this.failure.hidden = true
      this.shown = shown
      this.paint(shown)
    } catch (error) {
      if (mine === this.turn) this.fail(error)
    }
  }

  private paint(shown: Shown): void {
    const state = this.store.now
    const { grid, classes } = this.data.run
    const rule = { classes, hidden: state.hidden, unobserved: state.unobserved }
    const byClass = classInks(classes)
    const paints = shown.panels.map(({ kind, grid: semantics }) => {
      if (!semantics) return null
      return state.colouring === 'outcomes' && kind !== 'truth'
        ? { paint: paintOutcomes(shown.truth, semantics, shown.observed, rule), inks: outcomeInks() }
        : { paint: paintClasses(semantics, shown.observed, rule), inks: byClass }
    })
    this.surfaces = paints.map((painted, at) => {
      const surface =
        painted &&
        surfaceOf(
          painted.paint,
          grid,
          painted.inks.map(({ flat }) => flat),
        )
      this.stage.show(at, surface, painted?.inks ?? byClass)
      this.panels[at].show(shown.panels[at], shown, state.horizonS)
      return surface
    })
    this.stage.surround(groundHeightM(shown.truth, grid, classes))
    this.inspector.look(
      shown,
      paints.map((painted) => painted?.paint ?? null),
    )
    this.legend.show(shown, state)
    this.timeline.show(shown, state)
    this.actions.keepPlaying()
    // Asked for now, it is there when its turn comes; a failure is told when it is shown.
    if (state.playing) loadShown(this.data, { ...state, frameIndex: this.following(1) }).catch(() => undefined)
  }

  private fail(error: unknown): void {
    this.store.set({ playing: false })
    this.failure.textContent = error instanceof Error ? error.message : String(error)
    this.failure.hidden = false
  }

  private drawn(): void {
    if (this.shown) publish(this.store.now, this.shown, this.surfaces)
  }
}
