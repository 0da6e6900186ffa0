import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DataError } from '../../pipeline/errors.js'
import { type Manifest, manifestFile, readManifest, verifyOutput } from '../../pipeline/manifest.js'
import { runStage, writeAtomically } from '../../pipeline/stage.js'
import { readTallies, talliesFile } from '../tallyTable.js'
import { type CompareConfig, type Comparison, compareTallies } from './compareTallies.js'
import { comparisonFile, writeComparison } from './comparisonRow.js'
import { type Side, sideOf } from './population.js'

/** The two evaluations that are compared, open. */
export interface Sides {
  a: Side
  b: Side
}

/**
 * Opens two metrics folders, or run folders with one in them.
 *
 * @throws DataError when one is neither, was damaged, or was written before tallies were kept.
 */
export async function openSides(a: string, b: string): Promise<Sides> {
  return { a: await openSide(a), b: await openSide(b) }
}

async function openSide(folder: string): Promise<Side> {
  const dir = metricsFolder(folder)
  const manifest = await readManifest(dir, 'eval')
  if (!manifest.outputs[talliesFile])
    throw new DataError('an older occlab wrote this folder: it keeps no tallies, and nothing else can be compared', {
      file: dir,
      expected: talliesFile,
      actual: 'run occlab eval again',
    })
  await verifyOutput(dir, manifest, talliesFile)
  return sideOf(dir, await readTallies(join(dir, talliesFile)))
}

/** The folder itself, or the metrics of a run folder. */
function metricsFolder(folder: string): string {
  const inRun = join(folder, 'metrics')
  return !existsSync(join(folder, manifestFile)) && existsSync(inRun) ? inRun : folder
}

/** Compares two open evaluations and writes nothing. */
export function compareSides({ a, b }: Sides, config: Readonly<CompareConfig>, seed: number): Comparison {
  return compareTallies(a, b, config, seed)
}

/**
 * Stage `compare`: writes `comparison.parquet`, one row a compared number, and `index.html`, a page that needs nothing else.
 *
 * @throws what `openSides` and `compareTallies` throw.
 */
export async function compare(
  sides: Sides,
  { out, config, seed, replace }: { out: string; config: Readonly<CompareConfig>; seed: number; replace: boolean },
): Promise<{ manifest: Manifest; comparison: Comparison }> {
  const comparison = compareSides(sides, config, seed)
  const inputs = { a: sides.a.dir, b: sides.b.dir }
  const manifest = await runStage({ stage: 'compare', target: out, config, seed, inputs, replace }, async (work) => {
    const { comparisonPage } = await import('./comparisonPage.js')
    await writeComparison(join(work.dir, comparisonFile), comparison.rows)
    await writeAtomically(join(work.dir, 'index.html'), comparisonPage(sides, comparison, config))
    work.detail('rows', comparison.rows.length)
    work.detail('outcomes', outcomesOf(comparison))
    for (const { what, why } of comparison.unpaired)
      work.skip({ what: 'number', why: `not compared: ${why}`, where: what, count: 1 })
  })
  return { manifest, comparison }
}

/** How many numbers came out which way. */
export function outcomesOf({ rows }: Comparison): Record<string, number> {
  const outcomes: Record<string, number> = {}
  for (const { outcome } of rows) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  return outcomes
}
