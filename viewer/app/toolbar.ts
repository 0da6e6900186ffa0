import type { RunInfo } from '../contract.js'
import { maximumPanels } from './address.js'
import { type CameraName, cameraViews } from './cameraViews.js'
import { type Choice, element, type Segmented, segmented } from './dom.js'
import type { Colouring, ViewState } from './viewState.js'
import { seconds } from './words.js'

export interface ToolbarActions {
  log(logId: string): void
  horizon(horizonS: number): void
  colouring(colouring: Colouring): void
  unobserved(shown: boolean): void
  look(name: CameraName): void
  addPanel(): void
  audit(): void
  theme(): void
  help(): void
}

/** The line above the panels: which log, which horizon, how to colour, where from to look. */
export class Toolbar {
  readonly element: HTMLElement
  private readonly log: HTMLSelectElement
  private readonly horizon: Segmented<number>
  private readonly colouring: Segmented<Colouring>
  private readonly camera: Segmented<CameraName>
  private readonly unobserved = element('input', { type: 'checkbox' })
  private readonly add: HTMLButtonElement

  constructor(
    private readonly run: RunInfo,
    actions: ToolbarActions,
  ) {
    const quiet = (text: string, title: string, onclick: () => void) =>
      element('button', { type: 'button', className: 'quiet', title, onclick }, text)
    this.log = element('select', { ariaLabel: 'log' }, ...logOptions(run))
    this.log.title = 'log · frames with predictions (l: next)'
    this.log.onchange = () => actions.log(this.log.value)
    this.horizon = segmented('forecast horizon', horizonChoices(run), actions.horizon)
    this.colouring = segmented('colours', colouringChoices, actions.colouring)
    this.camera = segmented('camera', cameraChoices(), actions.look)
    this.unobserved.onchange = () => actions.unobserved(this.unobserved.checked)
    this.add = quiet('+ panel', 'show one more side by side', actions.addPanel)
    const hasPredictions = run.kinds.length > 1
    this.element = element(
      'header',
      { className: 'toolbar' },
      element(
        'h1',
        { title: `dataset ${run.dataset} · taxonomy ${run.taxonomy}` },
        'occlab ',
        element('span', {}, run.name),
      ),
      labelled('log', this.log),
      ...(run.horizonsS.length > 0 ? [labelled('horizon', this.horizon.element, 'control keeps-label')] : []),
      ...(hasPredictions ? [labelled('colours', this.colouring.element)] : []),
      labelled('camera', this.camera.element),
      ...(hasPredictions ? [this.unobservedLabel()] : []),
      ...(hasPredictions
        ? []
        : [element('span', { className: 'note' }, 'Truth alone: this folder holds no predictions yet.')]),
      element('span', { className: 'spring' }),
      ...(hasPredictions ? [this.add] : []),
      ...(run.hasAudit ? [quiet('audit', 'what the audit of the split found (f)', actions.audit)] : []),
      quiet('◐', 'light or dark (t)', actions.theme),
      quiet('?', 'keys and colours (?)', () => actions.help()),
    )
  }

  private unobservedLabel(): HTMLElement {
    const title = 'also draw, faintly, what is predicted where no sensor looked; it is never scored (u)'
    return element('label', { className: 'check', title }, this.unobserved, ' unobserved')
  }

  show(state: ViewState, camera: CameraName | null): void {
    this.log.value = state.logId
    this.horizon.show(state.horizonS)
    this.colouring.show(state.colouring)
    this.camera.show(camera)
    this.unobserved.checked = state.unobserved
    this.add.disabled = state.panels.length >= Math.min(maximumPanels, this.run.kinds.length)
  }
}

function labelled(text: string, control: HTMLElement, className = 'control'): HTMLElement {
  return element('div', { className }, element('span', { className: 'label' }, text), control)
}

const colouringChoices: Choice<Colouring>[] = [
  { value: 'classes', label: 'Classes', title: 'colour voxels by class (e)' },
  { value: 'outcomes', label: 'Errors', title: 'colour voxels by hit, miss and false alarm against the truth (e)' },
]

function horizonChoices({ horizonsS }: RunInfo): Choice<number>[] {
  return horizonsS.map((value, i) => ({
    value,
    label: seconds(value),
    title: `predictions made ${seconds(value)} before the shown instant (${i + 1})`,
  }))
}

function cameraChoices(): Choice<CameraName>[] {
  return Object.entries(cameraViews).map(([name, { label, says }]) => {
    return { value: name as CameraName, label, title: `look ${says} (c)` }
  })
}

function logOptions({ logs, kinds }: RunInfo): HTMLElement[] {
  const option = ({ logId, frames, predicted }: RunInfo['logs'][number]) =>
    element('option', { value: logId }, `${logId} · ${predicted > 0 ? `${predicted} of ${frames}` : frames}`)
  if (kinds.length === 1) return logs.map(option)
  const groups = [
    ['with predictions', logs.filter(({ predicted }) => predicted > 0)],
    ['truth only', logs.filter(({ predicted }) => predicted === 0)],
  ] as const
  return groups.flatMap(([label, of]) => (of.length > 0 ? [element('optgroup', { label }, ...of.map(option))] : []))
}
