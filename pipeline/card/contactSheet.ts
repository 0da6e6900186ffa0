import type { Dataset } from '../dataset.js'
import { drawBirdsEye } from './birdsEye.js'
import { type Colour, colourOf, fitting, Raster, textHeight, textWidth } from './raster.js'

/** Thumbnails of at least this many pixels, so that a class is more than a dot. */
const leastThumbPx = 300
const linePx = 21
const maxThumbs = 24
const maxColumns = 6
const [marginPx, gapPx, captionPx, smallScale, titleScale] = [28, 18, 44, 2, 4]
const [paper, ink, faint]: Colour[] = [
  [13, 14, 18],
  [236, 238, 243],
  [146, 152, 166],
]

/** Which frames a sheet shows, and where. Frames are numbered as the dataset does. */
export interface SheetPlan {
  frames: { logId: string; frame: number; ofLog: number; frames: number; x: number; y: number }[]
  /** Pixels a column of voxels, and of a thumbnail. */
  scale: number
  thumb: readonly [width: number, height: number]
  columns: number
}

/**
 * Spreads at most 24 frames evenly: over the logs when there are many, over each log's frames when there are few. Frames
 * of one log stand in the order of time.
 */
export function planSheet({ logs, grid, firstFrame }: Pick<Dataset, 'logs' | 'grid' | 'firstFrame'>): SheetPlan {
  const [X, Y] = grid.dims
  const scale = Math.max(1, Math.ceil(leastThumbPx / Math.max(X, Y)))
  const thumb = [scale * Y, scale * X] as const
  const shown = evenly(logs.length, Math.min(logs.length, maxThumbs)).map((index) => logs[index])
  const each = Math.floor(maxThumbs / shown.length)
  const chosen = shown.flatMap(({ logId, frames }) =>
    evenly(frames, Math.min(frames, each)).map((ofLog) => ({
      logId,
      frame: firstFrame.get(logId)! + ofLog,
      ofLog,
      frames,
    })),
  )
  const columns = Math.min(chosen.length, columnsFor(each))
  const frames = chosen.map((one, i) => ({
    ...one,
    x: marginPx + (i % columns) * (thumb[0] + gapPx),
    y: Math.floor(i / columns) * (thumb[1] + captionPx + gapPx),
  }))
  return { frames, scale, thumb, columns }
}

/** Whole logs in a row: as many as six thumbnails hold. */
function columnsFor(each: number): number {
  return each >= maxColumns ? maxColumns : each * Math.floor(maxColumns / each)
}

/** `count` of `total` numbers, in the middle of equal stretches. */
export function evenly(total: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * total) / count))
}

/** Draws the sheet: a title, the colours of the classes that are to be seen, and the frames from above. */
export async function contactSheet(dataset: Dataset, title: string): Promise<Raster> {
  const plan = planSheet(dataset)
  const width = 2 * marginPx + plan.columns * plan.thumb[0] + (plan.columns - 1) * gapPx
  const words = subtitle(dataset, width - 2 * marginPx)
  const legend = legendOf(dataset, width)
  const wordsTop = marginPx + textHeight(titleScale) + 14
  const legendTop = wordsTop + words.length * linePx + 8
  const top = legendTop + legend.height + gapPx
  const height = top + Math.max(...plan.frames.map(({ y }) => y)) + plan.thumb[1] + captionPx + marginPx
  const raster = new Raster(width, height, paper)
  raster.text(marginPx, marginPx, fitting(title, width - 2 * marginPx, titleScale), ink, titleScale)
  for (const [row, line] of words.entries()) raster.text(marginPx, wordsTop + row * linePx, line, faint, smallScale)
  legend.draw(raster, legendTop)
  for (const { logId, frame, ofLog, frames, x, y } of plan.frames) {
    const { semantics, observed } = await dataset.frame(frame)
    drawBirdsEye(raster, [x, top + y], { semantics, observed }, dataset.grid, dataset.taxonomy, plan.scale)
    const below = top + y + plan.thumb[1] + 7
    raster.text(x, below, fitting(logId, plan.thumb[0], smallScale), ink, smallScale)
    raster.text(x, below + linePx - 3, `frame ${ofLog + 1} of ${frames}`, faint, smallScale)
  }
  return raster
}

/** What the thumbnails show, in as many lines as the width needs. */
export function subtitle({ frameCount, logs, grid: { dims, voxelM } }: Dataset, width: number): string[] {
  const phrases = [
    `${frameCount} ${frameCount === 1 ? 'frame' : 'frames'} of ${logs.length} ${logs.length === 1 ? 'log' : 'logs'}`,
    `${(dims[0] * voxelM).toFixed(1)} × ${(dims[1] * voxelM).toFixed(1)} m from above`,
    'ahead is up',
    'topmost class a column',
    'hatched: not observed',
  ]
  const lines: string[] = []
  for (const phrase of phrases) {
    const longer = `${lines.at(-1)} · ${phrase}`
    if (lines.length > 0 && textWidth(longer, smallScale) <= width) lines[lines.length - 1] = longer
    else lines.push(phrase)
  }
  return lines
}

/** The classes that have observed voxels somewhere, in as many lines as they need. */
function legendOf({ taxonomy, manifest }: Dataset, width: number) {
  const seen = manifest.details.observedVoxels as Record<string, number> | undefined
  const classes = taxonomy.classes.filter(({ name, superclass }) => superclass !== 'free' && (seen?.[name] ?? 1) > 0)
  const [swatch, line] = [14, 24]
  let [x, y] = [marginPx, 0]
  const placed = classes.map(({ name, colour }) => {
    const takes = swatch + 8 + textWidth(name, smallScale) + 24
    if (x + takes > width - marginPx && x > marginPx) [x, y] = [marginPx, y + line]
    const place = { name, colour: colourOf(colour), x, y }
    x += takes
    return place
  })
  const draw = (raster: Raster, top: number) => {
    for (const { name, colour, x: left, y: down } of placed) {
      raster.fill(left, top + down, swatch, swatch, colour)
      raster.text(left + swatch + 8, top + down, name, faint, smallScale)
    }
  }
  return { height: y + line, draw }
}
