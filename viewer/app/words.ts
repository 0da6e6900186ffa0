import type { FrameSummary, Headline, Kind, LogInfo } from '../contract.js'
import { ahead } from '../contract.js'

const numbers = new Intl.NumberFormat('en')

export function whole(value: number): string {
  return numbers.format(value)
}

/** A ratio as every other table of occlab prints it; `n/a` where there was nothing to measure. */
export function ratio(value: number | null): string {
  return value === null ? 'n/a' : value.toFixed(3)
}

export function seconds(horizonS: number): string {
  return `${Number(horizonS.toFixed(2))} s`
}

export const kindNames: Record<Kind, string> = {
  truth: 'Truth',
  reconstruction: 'Reconstruction',
  forecast: 'Forecast',
  copy: 'Baseline: copy',
  warp: 'Baseline: warp',
}

/** What a panel shows, in a few words. */
export function subtitle(kind: Kind, horizonS: number | null): string {
  const ago = horizonS === null ? 'earlier' : `${seconds(horizonS)} earlier`
  return {
    truth: 'as labelled',
    reconstruction: 'encoded, then decoded',
    forecast: `made ${ago}`,
    copy: `the frame ${ago}, as it was`,
    warp: `the frame ${ago}, moved with the ego`,
  }[kind]
}

/** Why a panel is empty, and where it would not be. */
export function whyEmpty(kind: Kind, horizonS: number | null, { frames }: LogInfo): string {
  const what = kind === 'truth' ? 'truth' : kindNames[kind].toLowerCase()
  const lookingAhead = ahead.has(kind) && horizonS !== null ? ` ${seconds(horizonS)} ahead` : ''
  const having = frames.filter((frame) => has(frame, kind, horizonS)).map(({ frameIndex }) => frameIndex)
  const elsewhere = having.length === 0 ? 'No frame of this log has one.' : `This log has one for ${ranges(having)}.`
  return `No ${what}${lookingAhead} was kept for this frame. ${elsewhere}`
}

export function has(frame: FrameSummary, kind: Kind, horizonS: number | null): boolean {
  if (kind === 'truth') return true
  if (kind === 'reconstruction') return frame.reconstruction
  return horizonS !== null && (frame.horizonsS[kind]?.includes(horizonS) ?? false)
}

/** `frames 4–12, 20`, shortened after three ranges. */
function ranges(indices: readonly number[]): string {
  const runs: [number, number][] = []
  for (const index of indices) {
    const last = runs.at(-1)
    if (last && last[1] === index - 1) last[1] = index
    else runs.push([index, index])
  }
  const shown = runs.slice(0, 3).map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`))
  return `${indices.length === 1 ? 'frame' : 'frames'} ${shown.join(', ')}${runs.length > 3 ? ' and others' : ''}`
}

/** The score of the whole scored part that belongs to a panel; undefined when the run has none. */
export function headlineOf(
  headlines: readonly Headline[],
  kind: Kind,
  metric: Headline['metric'],
  horizonS: number | null,
): Headline | undefined {
  return headlines.find((row) => {
    if (row.metric !== metric) return false
    if (kind === 'reconstruction') return row.task === 'reconstruction'
    const isBaseline = row.model === 'copy' || row.model === 'warp'
    const isMine = kind === 'forecast' ? !isBaseline : row.model === kind
    return row.task === 'forecast' && isMine && row.horizonS === horizonS
  })
}

export function headlineWords({ value, low, high }: Headline): string {
  const interval = low === null || high === null ? '' : ` [${ratio(low)}, ${ratio(high)}]`
  return `${ratio(value)}${interval}`
}
