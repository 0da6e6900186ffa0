import type { LogInfo } from '../contract.js'
import { element } from './dom.js'
import { isPredicted, stepsOf } from './frameSteps.js'
import type { Shown } from './shown.js'
import type { ViewState } from './viewState.js'

export interface TimelineActions {
  step(by: number): void
  goTo(frameIndex: number): void
  togglePlay(): void
  speed(framesPerS: number): void
  onlyPredicted(only: boolean): void
}

const speeds = [1, 2, 4, 8]

/** Where in the log the panels are: slider, play, and which frames have predictions. */
export class Timeline {
  readonly element: HTMLElement
  private readonly play = element('button', { type: 'button', className: 'play' })
  private readonly slider = element('input', { type: 'range', step: '1', min: '0', ariaLabel: 'frame' })
  private readonly marks = element('div', { className: 'marks', ariaHidden: 'true' })
  private readonly facts = element('p', { className: 'facts' })
  private readonly speed = element('select', { ariaLabel: 'frames a second', title: 'playing speed' })
  private readonly only = element('input', { type: 'checkbox' })
  private readonly onlyLabel = element('label', {}, this.only, ' predicted frames only')
  private marked: { log: LogInfo; steps: number[] } | null = null

  constructor(actions: TimelineActions) {
    const button = (text: string, title: string, onclick: () => void) =>
      element('button', { type: 'button', className: 'quiet', title, onclick }, text)
    this.play.onclick = () => actions.togglePlay()
    this.slider.oninput = () => actions.goTo(this.marked?.steps[Number(this.slider.value)] ?? 0)
    this.speed.append(...speeds.map((rate) => element('option', { value: String(rate) }, `${rate} frames/s`)))
    this.speed.onchange = () => actions.speed(Number(this.speed.value))
    this.only.onchange = () => actions.onlyPredicted(this.only.checked)
    const track = element('div', { className: 'track' }, this.slider, this.marks)
    const [back, on] = [
      button('‹', 'one frame back (←)', () => actions.step(-1)),
      button('›', 'one frame on (→)', () => actions.step(1)),
    ]
    const foot = element('div', { className: 'foot' }, this.facts, this.onlyLabel, this.speed)
    this.element = element('div', { className: 'timeline' }, back, this.play, on, track, foot)
  }

  show(shown: Shown, state: ViewState): void {
    const steps = stepsOf(shown.log, state.onlyPredicted)
    this.slider.max = String(steps.length - 1)
    this.slider.value = String(Math.max(0, steps.indexOf(state.frameIndex)))
    this.play.textContent = state.playing ? '❚❚' : '▶'
    this.play.title = state.playing ? 'pause (space)' : 'play (space)'
    this.speed.value = String(state.framesPerS)
    this.only.checked = state.onlyPredicted
    this.onlyLabel.hidden = !shown.log.frames.some(isPredicted)
    this.facts.textContent = factsOf(shown, steps)
    if (this.marked?.log !== shown.log || this.marked.steps.length !== steps.length) this.mark(shown.log, steps)
  }

  /** A bar under the slider for each run of frames that have predictions. */
  private mark(log: LogInfo, steps: number[]): void {
    this.marked = { log, steps }
    const predicted = new Set(log.frames.filter(isPredicted).map(({ frameIndex }) => frameIndex))
    const bars: HTMLElement[] = []
    // A bar under the whole slider, or under nothing of it, would say nothing.
    const marked = steps.filter((step) => predicted.has(step)).length
    this.marks.classList.toggle('even', marked === 0 || marked === steps.length)
    for (let from = 0; from < steps.length; from++) {
      if (!predicted.has(steps[from])) continue
      let to = from
      while (to + 1 < steps.length && predicted.has(steps[to + 1])) to++
      const bar = element('span')
      bar.style.left = `${(100 * from) / steps.length}%`
      bar.style.width = `${(100 * (to + 1 - from)) / steps.length}%`
      bars.push(bar)
      from = to
    }
    this.marks.replaceChildren(...bars)
  }
}

function factsOf({ frame, log }: Shown, steps: readonly number[]): string {
  const at = steps.indexOf(frame.frameIndex)
  const place = at < 0 ? `frame ${frame.frameIndex}` : `frame ${frame.frameIndex} (${at + 1} of ${steps.length})`
  const turning = frame.yawRateRadps !== null && Math.abs(frame.yawRateRadps) > 0.05
  const side = turning && frame.yawRateRadps! > 0 ? 'left' : 'right'
  return [
    `t = ${frame.timeS.toFixed(1)} s`,
    steps.length === log.frames.length ? place : `${place}, log of ${log.frames.length}`,
    frame.speedMps === null ? 'speed unknown' : `${frame.speedMps.toFixed(1)} m/s${turning ? `, turning ${side}` : ''}`,
    frame.rigId,
    frame.siteId,
    ...[frame.weather, frame.timeOfDay].flatMap((tag) => tag ?? []),
  ].join(' · ')
}
