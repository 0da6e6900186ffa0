import type { RunInfo } from '../contract.js'
import { element } from './dom.js'
import { outcomes } from './palette.js'
import type { Shown } from './shown.js'
import type { ViewState } from './viewState.js'
import { whole } from './words.js'

export interface LegendActions {
  toggle(index: number): void
  /** Shows one class alone, or all again. */
  solo(index: number): void
  showAll(): void
}

/** The colours: classes that can be switched off, rare ones marked; or the four outcomes of a comparison. */
export class Legend {
  readonly element = element('div', { className: 'legend', role: 'group', ariaLabel: 'legend' })
  private readonly chips: { index: number; button: HTMLButtonElement }[]
  private readonly all: HTMLButtonElement
  private readonly comparison = element(
    'p',
    { className: 'outcomes' },
    ...outcomes.flatMap(({ name, colour, says }) => [
      element('span', { title: says }, swatch(colour), element('b', {}, name), ` ${says}`),
    ]),
  )

  constructor(
    private readonly run: RunInfo,
    actions: LegendActions,
  ) {
    this.chips = run.classes.flatMap(({ name, colour, rare, superclass }, index) => {
      if (superclass === 'free') return []
      const mark = rare ? [element('span', { className: 'rare', ariaLabel: 'rare' }, '◆')] : []
      const onclick = (event: MouseEvent) =>
        event.altKey || event.shiftKey ? actions.solo(index) : actions.toggle(index)
      const ondblclick = () => actions.solo(index)
      const button = element('button', { type: 'button', onclick, ondblclick }, swatch(colour), words(name), ...mark)
      return [{ index, button }]
    })
    this.all = element('button', { type: 'button', className: 'quiet', onclick: () => actions.showAll() }, 'show all')
    const key = element('span', { className: 'key' }, element('span', { className: 'rare' }, '◆'), ' rare')
    this.element.append(this.comparison, ...this.chips.map(({ button }) => button), key, this.all)
  }

  show({ truth, observed }: Shown, { hidden, colouring }: ViewState): void {
    const counts = new Uint32Array(256)
    for (let v = 0; v < truth.length; v++) if (observed[v] === 1) counts[truth[v]]++
    for (const { index, button } of this.chips) {
      const { name, rare } = this.run.classes[index]
      button.ariaPressed = String(!hidden.has(index))
      button.classList.toggle('absent', counts[index] === 0)
      const support = counts[index] === 0 ? 'not in this truth' : `${whole(counts[index])} voxels of this truth`
      button.title = `${words(name)}${rare ? ' (rare)' : ''}: ${support}. Click: on or off. Shift-click: alone.`
    }
    this.all.hidden = hidden.size === 0
    this.comparison.hidden = colouring === 'classes'
  }
}

function swatch(colour: string): HTMLElement {
  const made = element('span', { className: 'swatch' })
  made.style.background = colour
  return made
}

function words(name: string): string {
  return name.replaceAll('_', ' ')
}
