import { join } from 'node:path'
import type { Manifest } from '../../pipeline/manifest.js'
import { carryCertificate } from '../../pipeline/splits/certificateFolder.js'
import { runStage, writeAtomically } from '../../pipeline/stage.js'
import { writeMetrics } from '../metricTable.js'
import { page } from './page.js'
import { foundFolders, readResults } from './runResults.js'

export interface ReportOptions {
  /** Run folder, with the stages' folders in it. */
  run: string
  /** Folder to write. */
  out: string
  replace?: boolean
}

/**
 * Stage `report`: writes `index.html`, one page that needs nothing else, and `metrics.parquet`, every number of the run; the
 * split's certificate stands beside them.
 * A stage that is missing is said to be missing.
 *
 * @throws DataError when the run holds no results, or one of its folders is damaged.
 */
export async function report({ run, out, replace }: ReportOptions): Promise<Manifest> {
  const inputs = foundFolders(run)
  return runStage({ stage: 'report', target: out, config: {}, seed: 0, inputs, replace }, async (work) => {
    const results = await readResults(inputs)
    await writeAtomically(join(work.dir, 'index.html'), page(results))
    await writeMetrics(join(work.dir, 'metrics.parquet'), results.rows)
    if (inputs.split) await carryCertificate(inputs.split, work)
    work.detail('rows', results.rows.length)
  })
}
