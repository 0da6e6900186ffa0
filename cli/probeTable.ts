import type { MetricRow } from '../eval/metricRow.js'
import { type ProbeSummary, type StudySummary, summariseProbes } from '../eval/probes/probeSummary.js'
import { aligned, cell } from './headline.js'

/** What the latent tells: linear probes, a line each, then the other studies. */
export function probeTable(rows: readonly MetricRow[]): string[] {
  const { probes, studies } = summariseProbes(rows)
  if (probes.length + studies.length === 0) return ['no probes']
  return [
    ...(probes.length === 0 ? [] : aligned([probeColumns, ...probes.map(probeLine)])),
    ...(studies.length === 0 ? [] : ['', ...aligned([studyColumns, ...studies.map(studyLine)])]),
  ]
}

const probeColumns = ['probe', 'score', 'latent', 'chance', 'shuffled labels', 'nats', 'shots 1/4/16/64', 'frames']

function probeLine({ name, isShortcut, latent, chance, control, information, shots }: ProbeSummary): string[] {
  return [
    isShortcut ? `${name} (shortcut)` : name,
    latent.metric === 'r2' ? 'R²' : 'bal. accuracy',
    cell(latent),
    bare(chance),
    bare(control),
    bare(information),
    shots.map(({ row }) => bare(row, 2)).join(' / '),
    String(latent.count),
  ]
}

const studyColumns = ['study', 'score', 'latent', 'beside it', 'counted']

function studyLine({ latent, beside }: StudySummary): string[] {
  const what = latent.slice.replaceAll('_', ' ')
  return [
    latent.className ? `${what}: ${latent.className}` : what,
    latent.metric.replaceAll('_', ' '),
    cell(latent),
    beside.map((row) => `${row.model} ${bare(row)}`).join(', '),
    `${latent.count} ${latent.countOf}`,
  ]
}

function bare(row: MetricRow | undefined, digits = 3): string {
  return row?.value == null ? '–' : row.value.toFixed(digits)
}
