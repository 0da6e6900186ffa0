import type { ClassCount, DatasetCard, Tally } from '../pipeline/card/datasetCard.js'
import { findingSummary } from '../pipeline/ingest/checks/findingLine.js'
import { skipLine } from './skipLine.js'

const barWidth = 30
/** Names of a tag that a line shows before it only counts. */
const maxNames = 6
const blocks = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A dataset's card as lines for a terminal: what it is, what is in it, what is wrong with it. */
export function cardText(card: DatasetCard): string[] {
  return [headline(card), '', ...factLines(card), '', ...classLines(card), '', ...warningLines(card)]
}

function headline({ frames, logs, durationS, distanceM, frameRateHz: { asked, measured } }: DatasetCard): string {
  const rate = measured === null ? `${asked} Hz asked for` : `${asked} Hz (measured ${measured.toFixed(2)})`
  const words = [
    `${number(frames)} ${frames === 1 ? 'frame' : 'frames'}`,
    logsOf(logs),
    time(durationS),
    way(distanceM),
  ]
  return [...words, rate].join(' · ')
}

function factLines(card: DatasetCard): string[] {
  const { grid, taxonomy, observedShare, freeShare, tags, bytes, frames, gaps, perLog } = card
  const free = freeShare === null ? '' : `; of them ${percent(freeShare)} free`
  const observed = observedShare === null ? 'no frames' : `${shareText(observedShare)}${free}`
  const gapLogs = perLog.filter((log) => log.gaps > 0).length
  const facts: [string, string][] = [
    ['rigs', tagText(tags.rig)],
    ['sites', tagText(tags.site)],
    ['routes', tagText(tags.route)],
    ['dates', dateText(card)],
    ['weather', tagText(tags.weather)],
    ['time of day', tagText(tags.timeOfDay)],
    ['maps', tagText(tags.map)],
    ['licences', tagText(tags.licence)],
    ['formats', tagText(tags.format)],
    ['occupancy', `from ${tagText(tags.occupancy)}`],
    ['grid', `${grid.name}: ${grid.dims.join(' × ')} voxels of ${grid.voxelM} m; classes of ${taxonomy}`],
    ['observed', observed],
    ['gaps', gaps === 0 ? 'none' : `${gaps} in ${logsOf(gapLogs)}: no motion across them`],
    ['size', frames > 0 ? `${size(bytes)}, ${size(bytes / frames)} a frame` : size(bytes)],
  ]
  return facts.map(([name, text]) => `  ${name.padEnd(12)} ${text}`)
}

function shareText({ all, least, most }: NonNullable<DatasetCard['observedShare']>): string {
  return `${percent(all)} of the voxels (logs: ${percent(least)} to ${percent(most)})`
}

/** Names with the number of their logs, those that most frames have first. */
function tagText(tallies: Tally[]): string {
  const stated = tallies.filter(({ name }) => name !== null)
  const unstated = tallies.find(({ name }) => name === null)?.logs ?? 0
  const shown = stated.slice(0, maxNames).map(({ name, logs }) => `${name} ${logs}`)
  const more = stated.length > maxNames ? [`and ${stated.length - maxNames} more`] : []
  if (shown.length === 0) return 'not stated'
  return [...shown, ...more, ...(unstated > 0 ? [`not stated ${unstated}`] : [])].join(' · ')
}

function dateText({ dates, undatedLogs }: DatasetCard): string {
  if (!dates) return 'not stated'
  const span = dates.days === 1 ? dates.first : `${dates.first} to ${dates.last}, ${dates.days} days`
  return undatedLogs > 0 ? `${span} · not stated ${undatedLogs}` : span
}

/** One bar a class that occurs, the commonest first; then those that do not occur. */
function classLines({ classes }: DatasetCard): string[] {
  const present = classes.filter(({ voxels }) => voxels > 0).sort((a, b) => b.voxels - a.voxels)
  const absent = classes.filter(({ voxels }) => voxels === 0)
  const named = absent.map(({ name, rare }) => (rare ? `★ ${name}` : name))
  const missing = absent.length === 0 ? [] : [`  absent: ${named.join(', ')}`]
  if (present.length === 0) return ['classes: nothing but free space', ...missing]
  const width = Math.max(...present.map(({ name }) => name.length))
  const head = `classes, share of the occupied voxels${classes.some(({ rare }) => rare) ? ' (★ rare)' : ''}`
  const columns = `${'voxels'.padStart(14)}${'frames'.padStart(9)}${'logs'.padStart(6)}`
  const largest = present[0].share!
  return [
    `${head.padEnd(4 + width + 2 + barWidth + 1 + 8)}${columns}`,
    ...present.map((one) => classLine(one, width, largest)),
    ...missing,
  ]
}

function classLine({ name, rare, share, voxels, frames, logs }: ClassCount, width: number, largest: number): string {
  const counts = `${number(voxels).padStart(14)}${number(frames).padStart(9)}${number(logs).padStart(6)}`
  const drawn = bar(share! / largest).padEnd(barWidth)
  return `  ${rare ? '★' : ' '} ${name.padEnd(width)}  ${drawn} ${percent(share!).padStart(8)}${counts}`
}

/** Never empty: what is there is to be seen. */
function bar(share: number): string {
  const eighths = Math.max(1, Math.round(8 * barWidth * share))
  return '█'.repeat(eighths >> 3) + blocks[eighths & 7]
}

function warningLines({ findings, skipped, badLogs }: DatasetCard): string[] {
  const bad = badLogs.map(({ log, why }) => `left out: ${log}: ${why}`)
  const left = skipped
    .filter(({ what, where }) => what !== 'log' || !badLogs.some(({ log }) => log === where))
    .map(skipLine)
  const lines = [...bad, ...findingSummary(findings), ...left]
  return lines.length === 0 ? ['no warnings'] : ['warnings', ...lines.map((line) => `  ! ${line}`)]
}

function logsOf(count: number): string {
  return `${number(count)} ${count === 1 ? 'log' : 'logs'}`
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}

/** Two digits that count, so that a rare class is not 0.0 %. */
function percent(share: number): string {
  const value = 100 * share
  if (value === 0 || value >= 10) return `${value.toFixed(1)} %`
  return `${value >= 0.001 ? Number(value.toPrecision(2)) : '< 0.001'} %`
}

function time(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  return seconds < 5400 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`
}

function way(metres: number): string {
  return metres < 1000 ? `${metres.toFixed(0)} m` : `${(metres / 1000).toFixed(1)} km`
}

function size(bytes: number): string {
  if (bytes < 1e3) return `${bytes.toFixed(0)} B`
  return bytes < 1e6
    ? `${(bytes / 1e3).toFixed(1)} kB`
    : bytes < 1e9
      ? `${(bytes / 1e6).toFixed(1)} MB`
      : `${(bytes / 1e9).toFixed(2)} GB`
}
