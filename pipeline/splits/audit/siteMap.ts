import { groupBy } from '../groupBy.js'
import { parts } from '../part.js'
import type { AuditedTrack } from './auditedTracks.js'
import type { AuditInput } from './auditInput.js'
import { counted } from './counted.js'
import type { Finding } from './finding.js'
import { histogramPanel } from './histogramPanel.js'
import { leakingRows } from './leakingRows.js'

const widthPx = 900
const panel = { widthPx: 430, heightPx: 330, gapPx: 20, titlePx: 24 }
/** Sites drawn, those with most frames first. */
const mostSites = 12
const headPx = 50

const names = ['train', 'val', 'test', 'in no part', 'leaking']
const drawingOrder = [3, 0, 1, 2, 4]

/** Legible on white and on black: mid-tones, and words that follow the reader's scheme. */
const style = `
text { font: 12px system-ui, sans-serif; fill: #333 }
.title { font-size: 14px; font-weight: 600 } .small { font-size: 11px; fill: #777 }
.frame { fill: none; stroke: #8886 } .scale { stroke: #888; stroke-width: 2 } .axis { stroke: #888 }
path.dots { fill: none; stroke-linecap: round; stroke-width: 3.5 }
.c0 { stroke: #4c82c3; color: #4c82c3 } .c1 { stroke: #d9920a; color: #d9920a } .c2 { stroke: #27a06b; color: #27a06b }
.c3 { stroke: #9a9a9a; color: #9a9a9a } .c4 { stroke: #e5484d; color: #e5484d }
path.c4 { stroke-width: 6 } path.c4.core { stroke: #fff; stroke-width: 2 } path.c3 { stroke-width: 2 }
.key { fill: currentColor; stroke: none }
@media (prefers-color-scheme: dark) { text { fill: #ddd } .small { fill: #999 } }
`

/** A map of each site, frames coloured by part and the leaking ones marked, over a histogram of distances; SVG. */
export function siteMap(input: AuditInput, findings: readonly Finding[]): string {
  const leaking = leakingRows(input, findings)
  const sites = [...groupBy(input.tracks.keys(), (i) => input.tracks[i].siteId)]
    .map(([site, here]) => ({ site, here, frames: here.reduce((n, i) => n + input.tracks[i].frameIndex.length, 0) }))
    .sort((a, b) => b.frames - a.frames || (a.site < b.site ? -1 : 1))
  const shown = sites.slice(0, mostSites)
  const panels = shown.map(({ site, here, frames }, i) => {
    const x = 10 + (i % 2) * (panel.widthPx + panel.gapPx)
    const y = headPx + Math.floor(i / 2) * (panel.heightPx + panel.gapPx + panel.titlePx)
    return `<g transform="translate(${x} ${y})">${sitePanel(site, here, frames, input.tracks, leaking)}</g>`
  })
  const belowPx = headPx + Math.ceil(shown.length / 2) * (panel.heightPx + panel.gapPx + panel.titlePx)
  const histogram = findings.find(({ histogram }) => histogram)?.histogram
  const heightPx = belowPx + (histogram ? 290 : 10)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}" viewBox="0 0 ${widthPx} ${heightPx}">`,
    `<style>${style}</style>`,
    legend(sites.length - shown.length),
    ...panels,
    histogram ? `<g transform="translate(10 ${belowPx})">${histogramPanel(histogram, widthPx - 20)}</g>` : '',
    '</svg>\n',
  ].join('\n')
}

function legend(hidden: number): string {
  const keys = names.map((name, i) => {
    const x = 18 + 95 * i
    return `<circle class="key c${i}" cx="${x}" cy="24" r="5"/><text x="${x + 10}" y="28">${name}</text>`
  })
  const note = hidden > 0 ? `<text class="small" x="560" y="28">${hidden} smaller sites are not drawn</text>` : ''
  return keys.join('') + note
}

function sitePanel(
  site: string,
  here: readonly number[],
  frames: number,
  tracks: readonly AuditedTrack[],
  leaking: readonly Uint8Array[],
): string {
  const box = boundsOf(here.map((i) => tracks[i]))
  const marginPx = 14
  const pxPerM = Math.min(
    (panel.widthPx - 2 * marginPx) / Math.max(1, box.maxX - box.minX),
    (panel.heightPx - 2 * marginPx) / Math.max(1, box.maxY - box.minY),
  )
  const [midX, midY] = [(box.minX + box.maxX) / 2, (box.minY + box.maxY) / 2]
  const dots = new Dots((x, y) => [panel.widthPx / 2 + (x - midX) * pxPerM, panel.heightPx / 2 - (y - midY) * pxPerM])
  for (const i of here) dots.add(tracks[i], leaking[i])
  return [
    `<text class="title" y="14">${escaped(site)}</text>`,
    `<text class="small" x="${panel.widthPx}" y="14" text-anchor="end">${counted(here.length, 'log')}, ${counted(frames, 'frame')}</text>`,
    `<g transform="translate(0 ${panel.titlePx})"><rect class="frame" width="${panel.widthPx}" height="${panel.heightPx}"/>`,
    ...dots.paths(),
    scaleBar(pxPerM),
    '</g>',
  ].join('')
}

/** Dots by colour; of those that fall on one pixel and a half, one is drawn. */
class Dots {
  private readonly cells = names.map(() => new Map<string, string>())

  /** `toPx`: from the city frame, metres, to the panel. */
  constructor(private readonly toPx: (xM: number, yM: number) => [number, number]) {}

  add({ xM, yM, partOfRow }: AuditedTrack, leaking: Uint8Array): void {
    for (let row = 0; row < xM.length; row++) {
      const [x, y] = this.toPx(xM[row], yM[row])
      const key = `${Math.round(x / 1.5)} ${Math.round(y / 1.5)}`
      const dot = `M${x.toFixed(1)} ${y.toFixed(1)}h0`
      this.cells[partOfRow[row] < 0 ? parts.length : partOfRow[row]].set(key, dot)
      if (leaking[row]) this.cells[parts.length + 1].set(key, dot)
    }
  }

  paths(): string[] {
    return drawingOrder.flatMap((colour) => {
      const d = [...this.cells[colour].values()].join('')
      if (d === '') return []
      const core = colour === parts.length + 1 ? [`<path class="dots c${colour} core" d="${d}"/>`] : []
      return [`<path class="dots c${colour}" d="${d}"/>`, ...core]
    })
  }
}

function boundsOf(tracks: readonly AuditedTrack[]) {
  const box = { minX: 0, maxX: 0, minY: 0, maxY: 0 }
  let isFirst = true
  for (const { xM, yM } of tracks)
    for (let row = 0; row < xM.length; row++) {
      box.minX = isFirst ? xM[row] : Math.min(box.minX, xM[row])
      box.maxX = isFirst ? xM[row] : Math.max(box.maxX, xM[row])
      box.minY = isFirst ? yM[row] : Math.min(box.minY, yM[row])
      box.maxY = isFirst ? yM[row] : Math.max(box.maxY, yM[row])
      isFirst = false
    }
  return box
}

/** A length of one, two or five times a power of ten that takes about a quarter of the panel. */
function scaleBar(pxPerM: number): string {
  const wantedM = panel.widthPx / 4 / pxPerM
  const lengths = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000]
  const lengthM = lengths.findLast((length) => length <= wantedM) ?? lengths[0]
  const [y, x] = [panel.heightPx - 12, 12]
  const word = lengthM >= 1000 ? `${lengthM / 1000} km` : `${lengthM} m`
  const lengthPx = (lengthM * pxPerM).toFixed(1)
  return `<path class="scale" d="M${x} ${y}h${lengthPx}"/><text class="small" x="${x}" y="${y - 5}">${word}</text>`
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}
