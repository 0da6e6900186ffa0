import type { MetricRow } from '../metricRow.js'

/** All that the studies say of one linear probe. */
export interface ProbeSummary {
  name: string
  isShortcut: boolean
  /** The headline score of the latent, of chance, and of the probe with shuffled labels. */
  latent: MetricRow
  chance: MetricRow | undefined
  control: MetricRow | undefined
  /** Nats that the latent tells of a label. */
  information: MetricRow | undefined
  /** The score in the target's own unit, where there is one. */
  error: MetricRow | undefined
  /** By labelled frames, ascending. */
  shots: { frames: number; row: MetricRow }[]
}

/** A number of another study, and what it is held against: chance, the plan alone, the nearest place. */
export interface StudySummary {
  latent: MetricRow
  beside: MetricRow[]
}

/** The rows of a probe stage, put together as tables show them. */
export function summariseProbes(all: readonly MetricRow[]): { probes: ProbeSummary[]; studies: StudySummary[] } {
  const rows = all.filter(({ task }) => task === 'probe')
  const ofProbes = rows.filter(({ policy }) => policy === 'linear probe')
  const names = [...new Set(ofProbes.map(({ slice }) => slice))].filter((slice) => !slice.includes('shots='))
  const others = rows.filter(({ policy, model }) => policy !== 'linear probe' && model === 'latent')
  return { probes: names.map((name) => probeOf(name, ofProbes)), studies: others.map((row) => studyOf(row, rows)) }
}

const headlines = ['r2', 'balanced_accuracy']

function probeOf(name: string, rows: readonly MetricRow[]): ProbeSummary {
  const own = rows.filter(({ slice }) => slice === name)
  const find = (model: string, ...metrics: string[]) =>
    own.find((row) => row.model === model && metrics.includes(row.metric))
  const latent = find('latent', ...headlines)!
  const shots = rows.flatMap((row) => {
    const [slice, shot] = row.slice.split(', shots=')
    return slice === name && shot ? [{ frames: Number(shot), row }] : []
  })
  return {
    ...{ name, latent, shots, isShortcut: latent.classPolicy.startsWith('shortcut') },
    ...{ chance: find('chance', ...headlines), control: find('control', ...headlines) },
    information: find('latent', 'information'),
    error: find('latent', 'mae'),
  }
}

function studyOf(latent: MetricRow, rows: readonly MetricRow[]): StudySummary {
  const beside = rows.filter(
    (row) =>
      row.model !== 'latent' &&
      row.slice === latent.slice &&
      row.metric === latent.metric &&
      row.className === latent.className,
  )
  return { latent, beside }
}
