import type { AuditCase, AuditFinding, AuditInfo } from '../contract.js'
import { element } from './dom.js'

/** Opens a frame of the dataset. */
export type OpenFrame = (logId: string, frameIndex: number) => void

/** What an audit of the split found: each finding with its cases, whose frames open at a click. */
export class AuditPanel {
  readonly element: HTMLElement
  private readonly links: HTMLAnchorElement[] = []

  constructor(audit: AuditInfo, openFrame: OpenFrame) {
    const close = element('button', { type: 'button', className: 'quiet', ariaLabel: 'close the audit' }, '×')
    close.onclick = () => this.toggle()
    const leaks = audit.findings.filter(({ severity }) => severity === 'leak').length
    const verdict = leaks === 0 ? 'no leak found' : `${leaks} of ${audit.findings.length} searches found a leak`
    this.element = element(
      'aside',
      { className: 'audit', ariaLabel: 'audit of the split' },
      element('header', {}, element('h2', {}, 'Audit of the split'), close),
      element('p', { className: leaks === 0 ? 'verdict' : 'verdict leak' }, verdict),
      ...audit.findings.map((finding) => this.findingElement(finding, openFrame)),
    )
    // Open where there is something to see.
    this.element.hidden = leaks === 0
  }

  toggle(): void {
    this.element.hidden = !this.element.hidden
  }

  /** Marks the links to the frame that is on screen. */
  show({ logId, frameIndex }: { logId: string; frameIndex: number }): void {
    const name = `${logId}/${frameIndex}`
    for (const link of this.links) {
      if (link.dataset.frame === name) link.setAttribute('aria-current', 'true')
      else link.removeAttribute('aria-current')
    }
  }

  private findingElement({ kind, title, severity, headline, summary, count, cases }: AuditFinding, open: OpenFrame) {
    const head = element(
      'summary',
      {},
      element('span', { className: `severity ${severity}` }, severity),
      element('b', {}, title),
      element('span', { className: 'headline' }, headline),
    )
    const more =
      count > cases.length && cases.length > 0 ? [element('p', { className: 'more' }, moreOf(count, cases))] : []
    const list = element('ol', {}, ...cases.map((one) => element('li', {}, ...this.caseElements(one, open))))
    return element(
      'details',
      { open: severity === 'leak', data: { kind } },
      head,
      element('p', {}, summary),
      ...(cases.length > 0 ? [list] : []),
      ...more,
    )
  }

  private caseElements({ frames, distanceM, gapS, what }: AuditCase, open: OpenFrame): Node[] {
    const links = frames.flatMap((frame, i) => {
      const link = this.linkTo(frame, open)
      return i === 0 ? [link] : [document.createTextNode(' ↔ '), link]
    })
    const facts = [
      ...(distanceM === null ? [] : [`${distanceM.toFixed(1)} m`]),
      ...(gapS === null ? [] : [`${gapS.toFixed(1)} s`]),
      ...(what === null ? [] : [what]),
    ]
    return [...links, element('span', { className: 'facts' }, facts.join(' · '))]
  }

  private linkTo({ logId, frameIndex, part }: AuditCase['frames'][number], open: OpenFrame): HTMLAnchorElement {
    const name = `${logId}/${frameIndex}`
    const link = element(
      'a',
      { href: `#${new URLSearchParams({ log: logId, frame: String(frameIndex) })}`, data: { frame: name } },
      element('span', { className: `part ${part ?? 'none'}` }, part ?? 'none'),
      ` ${name}`,
    )
    link.onclick = (event) => {
      // A new tab, where that is asked for, opens at the same address.
      if (event.ctrlKey || event.metaKey || event.shiftKey) return
      event.preventDefault()
      open(logId, frameIndex)
    }
    this.links.push(link)
    return link
  }
}

function moreOf(count: number, cases: readonly AuditCase[]): string {
  return `the ${cases.length} worst of ${count.toLocaleString('en-GB')}; audit.json names more`
}
