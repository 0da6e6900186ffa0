import type { MetricRow } from '../eval/metricRow.js'
import { type ProbeSummary, type StudySummary, summariseProbes } from '../eval/probes/probeSummary.js'
import { metricName } from '../eval/report/sections/metricName.js'
import { aligned, cell, intervalsOf, partOf } from './headline.js'

/** What the latent tells: linear probes, a line each, then the other studies. */
export function probeTable(rows: readonly MetricRow[]): string[] {
  const { probes, studies } = summariseProbes(rows)
  if (probes.length + studies.length === 0) return ['no probes']
  // The file and the report have every rank of a retrieval; one score says enough here.
  const told = studies.filter(({ latent }) => latent.value !== null && !latent.metric.startsWith('recall_at_'))
  const untold = new Set(studies.filter(({ latent }) => latent.value === null).map(({ latent }) => nameOf(latent)))
  return [
    ...(probes.length === 0 ? [] : aligned([probeColumns, ...probes.map(probeLine)])),
    ...(told.length === 0 ? [] : ['', ...aligned([studyColumns, ...told.map(studyLine)])]),
    ...(untold.size === 0 ? [] : [`not applicable here: ${[...untold].join(', ')}`]),
    '',
    `${partOf(rows)}; mask ${[...new Set(rows.map(({ mask }) => mask))].join(', ')}`,
    intervalsOf(rows),
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
  return [
    nameOf(latent),
    metricName(latent.metric),
    cell(latent),
    beside.map((row) => `${row.model} ${bare(row)}`).join(', '),
    `${latent.count} ${latent.countOf}`,
  ]
}

function nameOf({ slice, className }: MetricRow): string {
  const what = slice.replaceAll('_', ' ')
  return className ? `${what}: ${className}` : what
}

function bare(row: MetricRow | undefined, digits = 3): string {
  return row?.value == null ? '–' : row.value.toFixed(digits)
}
