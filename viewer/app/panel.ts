import type { Headline, Kind, RunInfo } from '../contract.js'
import { element } from './dom.js'
import type { PanelContent, Shown } from './shown.js'
import { headlineOf, headlineWords, kindNames, ratio, subtitle, whole } from './words.js'

export interface PanelActions {
  choose(kind: Kind): void
  /** Undefined when it is the only panel. */
  remove?: () => void
}

/** One panel: what it shows, the window onto the canvas behind, and its numbers. */
export class Panel {
  readonly element: HTMLElement
  /** What the viewport fills. */
  readonly frame = element('div', { className: 'frame' })
  private readonly picker: HTMLSelectElement
  private readonly subtitle = element('span', { className: 'subtitle' })
  private readonly message = element('p', { className: 'message' })
  private readonly readout = element('footer')

  constructor(
    private readonly run: RunInfo,
    readonly kind: Kind,
    { choose, remove }: PanelActions,
  ) {
    const options = run.kinds.map((each) =>
      element('option', { value: each, selected: each === kind }, kindNames[each]),
    )
    this.picker = element('select', { ariaLabel: 'what this panel shows' }, ...options)
    this.picker.onchange = () => choose(this.picker.value as Kind)
    const close = element(
      'button',
      { type: 'button', className: 'quiet', title: 'close this panel', onclick: remove },
      '×',
    )
    const header = element('header', {}, this.picker, this.subtitle, ...(remove ? [close] : []))
    this.frame.append(this.message)
    this.element = element(
      'section',
      { className: 'panel', ariaLabel: kindNames[kind] },
      header,
      this.frame,
      this.readout,
    )
  }

  show(content: PanelContent, shown: Shown, horizonS: number | null): void {
    this.subtitle.textContent = subtitle(this.kind, horizonS)
    this.message.textContent = content.why ?? ''
    this.readout.replaceChildren(...(this.kind === 'truth' ? this.truthFacts(shown) : this.scores(content, horizonS)))
  }

  private truthFacts({ truth, observed }: Shown): HTMLElement[] {
    const isFree = this.run.classes.map(({ superclass }) => superclass === 'free')
    let [occupied, seen] = [0, 0]
    for (let v = 0; v < truth.length; v++) {
      seen += observed[v]
      if (observed[v] === 1 && isFree[truth[v]] === false) occupied++
    }
    const share = ((100 * seen) / truth.length).toFixed(0)
    return [
      figures(['occupied', whole(occupied)], ['observed', `${share} %`]),
      element('p', {}, `this frame · of ${whole(truth.length)} voxels of ${this.run.grid.voxelM} m`),
    ]
  }

  private scores({ score, grid }: PanelContent, horizonS: number | null): HTMLElement[] {
    const support =
      score && score.iou.count > 0
        ? `this frame · observed voxels only · ${whole(score.iou.count)} voxels, ${score.classes} classes`
        : grid
          ? 'n/a: nothing is occupied where a sensor looked'
          : 'nothing to score'
    return [
      figures(['IoU', ratio(score?.iou.value ?? null)], ['mIoU', ratio(score?.miou.value ?? null)]),
      element('p', {}, support),
      ...this.wholePart(horizonS),
    ]
  }

  private wholePart(horizonS: number | null): HTMLElement[] {
    const rows = (['iou', 'miou'] as const).map((metric) => headlineOf(this.run.headlines, this.kind, metric, horizonS))
    const [iou, miou] = rows
    if (!iou || !miou) return []
    const text = `${iou.part} part: IoU ${headlineWords(iou)} · mIoU ${headlineWords(miou)}`
    return [element('p', { className: 'whole', title: whereFrom(iou) }, text)]
  }
}

function whereFrom({ population, policy, mask, ego, clusters, count }: Headline): string {
  const trajectory = ego === null ? '' : `, ego trajectory ${ego}`
  return `${population}; policy ${policy}, mask ${mask}${trajectory}; ${whole(count)} voxels; interval over ${clusters} logs`
}

function figures(...pairs: [string, string][]): HTMLElement {
  const items = pairs.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)])
  return element('dl', {}, ...items)
}
