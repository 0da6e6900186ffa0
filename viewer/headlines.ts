import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { DataError, messageOf } from '../pipeline/errors.js'
import type { Headline } from './contract.js'

type Row = Record<string, unknown>

/**
 * The scores of the whole scored part under the policy that the panels use, from an evaluation's table. The table is
 * read by its column names: the viewer knows the file, not the code that wrote it.
 */
export async function readHeadlines(path: string, policy: string): Promise<Headline[]> {
  const rows = await readRows(path)
  return rows.filter((row) => isHeadline(row, policy)).map(headlineOf)
}

async function readRows(path: string): Promise<Row[]> {
  try {
    return await parquetReadObjects({ file: await asyncBufferFromFile(path) })
  } catch (error) {
    throw new DataError('no readable Parquet file', { file: path, actual: messageOf(error), cause: error })
  }
}

function isHeadline(row: Row, policy: string): boolean {
  const isScore = row.metric === 'iou' || row.metric === 'miou'
  const isTask = row.task === 'forecast' || row.task === 'reconstruction'
  return isScore && isTask && row.slice === 'all' && row.class_name === null && row.policy === policy
}

function headlineOf(row: Row): Headline {
  return {
    task: row.task as string,
    model: row.model as string,
    metric: row.metric as Headline['metric'],
    horizonS: row.horizon_s as number | null,
    value: row.value as number | null,
    low: row.low as number | null,
    high: row.high as number | null,
    count: Number(row.count),
    policy: row.policy as string,
    mask: row.mask as string,
    ego: row.ego as string | null,
    population: row.population as string,
    part: row.part as string,
    clusters: Number(row.clusters),
  }
}
