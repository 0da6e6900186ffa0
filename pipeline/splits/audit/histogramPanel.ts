import { type Part, parts } from '../part.js'
import type { Finding } from './finding.js'

const plot = { leftPx: 46, topPx: 30, heightPx: 200 }

/** Bars of the shares of val and of test frames by their distance to the nearest training frame; SVG without its root. */
export function histogramPanel(
  { edgesM, counts, nowhere }: NonNullable<Finding['histogram']>,
  widthPx: number,
): string {
  const labels = [...edgesM.map((edge, i) => labelOf(edge, edgesM[i + 1])), 'other site']
  const shown = Object.entries(counts).map(([part, bins]) => ({ part, bins: [...bins, nowhere[part]] }))
  const shares = shown.map(({ part, bins }) => {
    const all = bins.reduce((sum, count) => sum + count, 0)
    return { part, bins, shares: bins.map((count) => (all === 0 ? 0 : count / all)) }
  })
  const most = Math.max(0.05, ...shares.flatMap((one) => one.shares))
  const binPx = (widthPx - plot.leftPx) / labels.length
  const barPx = (0.8 * binPx) / shares.length
  const bottom = plot.topPx + plot.heightPx
  const bars = shares.flatMap(({ part, bins, shares: own }, n) =>
    own.map((share, i) => {
      const x = plot.leftPx + i * binPx + 0.1 * binPx + n * barPx
      const high = (share / most) * plot.heightPx
      const title = `<title>${part}: ${bins[i]} frames, ${(100 * share).toFixed(1)} %, ${labels[i]}</title>`
      const box = `x="${x.toFixed(1)}" y="${(bottom - high).toFixed(1)}" width="${(barPx - 1).toFixed(1)}"`
      return `<rect class="key c${parts.indexOf(part as Part)}" ${box} height="${high.toFixed(1)}">${title}</rect>`
    }),
  )
  const words = labels.map(
    (label, i) =>
      `<text class="small" text-anchor="middle" x="${(plot.leftPx + (i + 0.5) * binPx).toFixed(1)}" y="${bottom + 16}">${label}</text>`,
  )
  const ticks = [0, most / 2, most].map((share) => {
    const y = (bottom - (share / most) * plot.heightPx + 4).toFixed(1)
    return `<text class="small" text-anchor="end" x="${plot.leftPx - 6}" y="${y}">${(100 * share).toFixed(0)} %</text>`
  })
  return [
    '<text class="title" y="14">Distance to the nearest training frame, share of the frames of val and of test</text>',
    ...[...bars, ...words, ...ticks],
    `<path class="axis" d="M${plot.leftPx} ${bottom}h${widthPx - plot.leftPx}"/>`,
    `<text class="small" text-anchor="middle" x="${plot.leftPx + (widthPx - plot.leftPx) / 2}" y="${bottom + 36}">metres</text>`,
  ].join('')
}

function labelOf(fromM: number, toM: number | undefined): string {
  return toM === undefined ? `≥ ${fromM}` : `${fromM}–${toM}`
}
