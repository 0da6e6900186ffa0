import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type HistoryRow, historyFile, readHistory } from '../../models/training/history.js'
import { DataError } from '../../pipeline/errors.js'
import { type Manifest, manifestFile, readManifest } from '../../pipeline/manifest.js'
import type { Certificate } from '../../pipeline/splits/certificate.js'
import { readCertificate } from '../../pipeline/splits/certificateFolder.js'
import { readSplit } from '../../pipeline/splits/readSplit.js'
import type { SplitFile } from '../../pipeline/splits/splitFile.js'
import type { VoxelClass } from '../../pipeline/taxonomy.js'
import type { MetricRow } from '../metricRow.js'
import { readMetrics } from '../metricTable.js'

/** Folders of a run that a report draws on, in the order of the flow. */
export const runFolders = [
  'logs',
  'dataset',
  'split',
  'latent',
  'latents',
  'dynamics',
  'metrics',
  'probes',
  'audits',
] as const
export type RunFolderName = (typeof runFolders)[number]

const tables = ['metrics', 'probes', 'audits'] as const
const metricsFile = 'metrics.parquet'

/** Everything the report is made of. Any part may be missing: the page says so in words. */
export interface RunResults {
  rows: readonly MetricRow[]
  manifests: Readonly<Partial<Record<RunFolderName, Manifest>>>
  split: SplitFile | null
  /** The split's certificate; null where there is none. */
  certificate: Certificate | null
  /** Class names, colours and rare flags of the dataset; empty without one. */
  classes: readonly VoxelClass[]
  histories: Readonly<Partial<Record<'latent' | 'dynamics', readonly HistoryRow[]>>>
}

/** The stage folders that are there. Throws DataError when none holds results. */
export function foundFolders(run: string): Partial<Record<RunFolderName, string>> {
  const found = runFolders.flatMap((name) =>
    existsSync(join(run, name, manifestFile)) ? [[name, join(run, name)]] : [],
  )
  const folders: Partial<Record<RunFolderName, string>> = Object.fromEntries(found)
  if (!tables.some((name) => folders[name]))
    throw new DataError('nothing to report', { file: run, expected: `a run folder with ${tables.join('/, ')}/ in it` })
  return folders
}

/** Reads the folders of `foundFolders`. Throws DataError for a damaged one. */
export async function readResults(folders: Partial<Record<RunFolderName, string>>): Promise<RunResults> {
  const manifests: Partial<Record<RunFolderName, Manifest>> = {}
  for (const name of runFolders) if (folders[name]) manifests[name] = await readManifest(folders[name])
  const rows: MetricRow[] = []
  for (const name of tables) if (folders[name]) rows.push(...(await readMetrics(join(folders[name], metricsFile))))
  const histories: Partial<Record<'latent' | 'dynamics', HistoryRow[]>> = {}
  for (const name of ['latent', 'dynamics'] as const) {
    const file = folders[name] && join(folders[name], historyFile)
    if (file && existsSync(file)) histories[name] = await readHistory(file)
  }
  const taxonomy = manifests.dataset?.details.taxonomy as { classes: VoxelClass[] } | undefined
  const split = folders.split ? (await readSplit(folders.split)).file : null
  const certificate = folders.split ? await readCertificate(folders.split) : null
  return { rows, manifests, split, certificate, classes: taxonomy?.classes ?? [], histories }
}
