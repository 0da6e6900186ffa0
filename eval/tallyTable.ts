import { Field, Float64, Int32, List, makeData, type RecordBatch, Schema, Utf8 } from 'apache-arrow'
import { readArrowTable } from '../pipeline/arrow/arrowTable.js'
import { writeArrowFile } from '../pipeline/arrow/arrowWriter.js'
import { batchOf } from '../pipeline/arrow/batchOf.js'
import { columnOf } from '../pipeline/columns.js'
import { DataError, messageOf } from '../pipeline/errors.js'
import type { LogTags } from './logSlices.js'
import type { World } from './measures/measure.js'
import { measureNamed } from './measures/measures.js'
import { policyNamed } from './metrics/policies.js'
import { keyOf, type Tally } from './scoreboard.js'

export const talliesFile = 'tallies.arrow'

/** What an evaluation scored, and all that its tallies need to be scored again. */
export interface Evaluation {
  world: World
  part: string
  /** Ego trajectory of forecasts. */
  ego: string
  windows: { pastFrames: number; strideFrames: number; horizonsS: readonly number[] }
  population: Record<'reconstruction' | 'forecast', string>
  seed: number
  resamples: number
  minLogs: number
  /** Content hashes of the dataset, the split and the model folders. */
  dataset: string
  split: string
  latent: string
  dynamics: string
  logs: readonly LogTags[]
}

/** Tallies and the evaluation that they are of. */
export interface Tallies {
  about: Evaluation
  tallies: Tally[]
}

const sumsType = () => new List(new Field('item', new Float64(), false))

const fields = () => [
  new Field('task', new Utf8(), false),
  new Field('model', new Utf8(), false),
  new Field('measure', new Utf8(), false),
  new Field('policy', new Utf8(), false),
  new Field('horizon_s', new Float64(), true, new Map([['unit', 's']])),
  new Field('slice', new Utf8(), false),
  new Field('log_id', new Utf8(), false),
  new Field('frames', new Int32(), false),
  new Field('frames_hash', new Utf8(), false, new Map([['of', 'indices of the scored frames, int32, in order']])),
  new Field(
    'sums',
    sumsType(),
    false,
    new Map([['of', 'sufficient statistics of the measure; they add up over logs']]),
  ),
]

/** Writes one row a tally and log, a batch a tally. */
export function writeTallies(path: string, { about, tallies }: Tallies): void {
  const schema = new Schema(fields(), new Map([['evaluation', JSON.stringify(about)]]))
  writeArrowFile(
    path,
    schema,
    tallies.map((tally) => batchOfTally(schema, tally)),
    'zstd',
  )
}

function batchOfTally(schema: Schema, tally: Tally): RecordBatch {
  const { task, model, measure, policy, horizonS, slice, logs, frames } = tally
  const rows = [...logs.keys()].map((logId) => ({
    ...{ task, model, measure: measure.name, policy: policy.name, horizon_s: horizonS, slice, log_id: logId },
    ...{ frames: frames.get(logId)!.count, frames_hash: frames.get(logId)!.hash },
  }))
  const plain = schema.fields.slice(0, -1).map(({ name, type }) =>
    columnOf(
      type,
      rows.map((row) => row[name as keyof (typeof rows)[number]]),
    ),
  )
  return batchOf(schema, [...plain, sumsColumn([...logs.values()])], rows.length)
}

function sumsColumn(rows: readonly Float64Array[]) {
  const valueOffsets = new Int32Array(rows.length + 1)
  rows.forEach((sums, i) => {
    valueOffsets[i + 1] = valueOffsets[i] + sums.length
  })
  const flat = new Float64Array(valueOffsets[rows.length])
  rows.forEach((sums, i) => {
    flat.set(sums, valueOffsets[i])
  })
  const child = makeData({ type: new Float64(), length: flat.length, nullCount: 0, data: flat })
  return makeData({ type: sumsType(), length: rows.length, nullCount: 0, valueOffsets, child })
}

/**
 * Reads what `writeTallies` wrote.
 *
 * @throws DataError when the file is missing, damaged or no table of tallies, or has a measure or policy that this version
 * does not know.
 */
export async function readTallies(path: string): Promise<Tallies> {
  const table = await readArrowTable(path)
  const missing = fields().find(({ name }) => !table.schema.fields.some((field) => field.name === name))
  if (missing) throw notTallies(path, `column ${missing.name}`, 'no such column')
  const about = evaluationIn(path, table.schema.metadata.get('evaluation'))
  const tallies = new Map<string, Tally>()
  let at = 0
  for (const row of table) addRow(tallies, row as unknown as StoredRow, path, `row ${at++}`)
  return { about, tallies: [...tallies.values()] }
}

interface StoredRow {
  task: Tally['task']
  model: string
  measure: string
  policy: string
  horizon_s: number | null
  slice: string
  log_id: string
  frames: number
  frames_hash: string
  sums: Iterable<number>
}

function addRow(tallies: Map<string, Tally>, row: StoredRow, file: string, place: string): void {
  const { task, model, horizon_s: horizonS, slice, log_id: logId } = row
  const like = { task, model, horizonS, slice, ...registered(row, file, place) }
  const tally: Tally = tallies.get(keyOf(like)) ?? { ...like, logs: new Map(), frames: new Map() }
  tallies.set(keyOf(like), tally)
  const sums = Float64Array.from(row.sums)
  const [length = sums.length] = [...tally.logs.values()].map((other) => other.length)
  if (sums.length !== length) throw notTallies(file, place, `${sums.length} sums`, `${length} sums, as in other logs`)
  if (tally.logs.has(logId)) throw notTallies(file, place, `log ${logId} again`, 'one row a tally and log')
  if (!sums.every(Number.isFinite)) throw notTallies(file, place, 'a sum that is not finite')
  tally.logs.set(logId, sums)
  tally.frames.set(logId, { count: row.frames, hash: row.frames_hash })
}

function registered({ measure, policy }: StoredRow, file: string, place: string): Pick<Tally, 'measure' | 'policy'> {
  try {
    return { measure: measureNamed(measure), policy: policyNamed(policy) }
  } catch (error) {
    throw new DataError('another version of occlab wrote this', { file, place, actual: messageOf(error), cause: error })
  }
}

/** Enough is looked at to trust the rest: who wrote the file wrote all of it. */
function evaluationIn(file: string, json: string | undefined): Evaluation {
  let about: Partial<Evaluation>
  try {
    about = JSON.parse(json ?? 'null') ?? {}
  } catch (error) {
    throw notTallies(file, 'metadata evaluation', messageOf(error))
  }
  const wanted: (keyof Evaluation)[] = ['world', 'part', 'windows', 'population', 'dataset', 'dynamics', 'logs']
  const lacking = wanted.find((key) => about[key] === undefined)
  if (lacking) throw notTallies(file, `metadata evaluation, ${lacking}`, 'nothing')
  return about as Evaluation
}

function notTallies(file: string, place: string, actual: string, expected = 'tallies of occlab eval'): DataError {
  return new DataError('not a table of tallies', { file, place, expected, actual })
}
