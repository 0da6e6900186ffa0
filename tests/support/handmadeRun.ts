import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { warpByEgoMotion } from '../../eval/baselines.js'
import type { MetricRow } from '../../eval/metricRow.js'
import { writeMetrics } from '../../eval/metricTable.js'
import type { TrainedVerdict } from '../../eval/trainedFrames.js'
import { History } from '../../models/training/history.js'
import { writeArrowFile } from '../../pipeline/arrow/arrowWriter.js'
import { batchFromRows } from '../../pipeline/columns.js'
import { FrameWriter } from '../../pipeline/frames.js'
import { grids } from '../../pipeline/grid.js'
import { calibrationSchema, logSchema, predictionSchema } from '../../pipeline/schema.js'
import { carryCertificate, writeCertificate } from '../../pipeline/splits/certificateFolder.js'
import { runStage, type Work, writeAtomically } from '../../pipeline/stage.js'
import { fleet } from '../../pipeline/taxonomies/fleet.js'
import { freeIndex } from '../../pipeline/taxonomy.js'
import { handmadeRows } from './handmadeRows.js'
import { handmadeSplit } from './handmadeSplit.js'
import { egoPose, seenOnly, stepS, streetObserved, streetSemantics } from './handmadeStreet.js'

/**
 * A small run made by hand, through the foundations alone: two logs of eight frames of one street, predictions for the
 * second (of every frame a reconstruction; forecasts from the third frame on), rows of results with known numbers.
 */
export const grid = grids.compact
export const logIds = ['street-a', 'street-b'] as const
export const framesPerLog = 8
export const rateHz = 1 / stepS

interface Truth {
  semantics: Uint8Array
  observed: Uint8Array
}

/** Semantics and mask of one frame, as the dataset stores them. */
export function truthOf(log: number, frame: number): Truth {
  const all = streetSemantics(grid, egoPose(log, frame), stepS * frame)
  const observed = streetObserved(grid, all)
  return { semantics: seenOnly(all, observed), observed }
}

/** What `eval` found before it scored. */
const compared: TrainedVerdict = {
  rules: ['same-frame', 'same-log', 'same-source', 'near', 'drive'],
  scoredFrames: 8,
  trainedFrames: { latent: 8, dynamics: 8 },
  remark: null,
}

/** Which folders to write; a run without a stage must still be viewable and reportable. */
export interface HandmadeParts {
  predictions?: boolean
  rows?: readonly MetricRow[]
}

/** Writes the run and returns its folder. */
export async function handmadeRun(
  run: string,
  { predictions = true, rows = handmadeRows() }: HandmadeParts = {},
): Promise<string> {
  mkdirSync(run, { recursive: true })
  const at = (name: string) => join(run, name)
  const stage = (
    name: string,
    folder: string,
    inputs: string[],
    config: object,
    write: (work: Work) => Promise<void> | void,
  ) => {
    const named = Object.fromEntries(inputs.map((input) => [input, at(input)]))
    return runStage({ stage: name, target: at(folder), config, seed: 1, inputs: named }, async (work) => write(work))
  }
  const dataset = await stage(
    'ingest',
    'dataset',
    [],
    { format: 'argoverse2', grid: grid.name, taxonomy: 'fleet' },
    writeDataset,
  )
  if (!predictions) return run
  const splitConfig = { rule: 'log', bufferM: 10 }
  const split = await stage('split', 'split', ['dataset'], splitConfig, async (work) => {
    const file = handmadeSplit(logIds, framesPerLog)
    await writeAtomically(join(work.dir, 'split.json'), JSON.stringify(file))
    await writeCertificate(work, file, splitConfig, 1)
  })
  await stage(
    'train-latent',
    'latent',
    ['dataset', 'split'],
    { family: 'vae', channels: 4, beta: 0.01, steps: 200 },
    async (work) => {
      await latentHistory(work)
      await carryCertificate(at('split'), work)
    },
  )
  await stage('encode', 'latents', ['dataset', 'latent'], {}, (work) =>
    writeAtomically(join(work.dir, 'latents.txt'), ''),
  )
  const dynamics = await stage(
    'train-dynamics',
    'dynamics',
    ['latents', 'split'],
    { model: 'rssm', steps: 200 },
    dynamicsHistory,
  )
  const hashes = { dataset: dataset.hash, split: split.hash, run: dynamics.hash }
  const of = (task: (row: MetricRow) => boolean) => rows.filter(task).map((row) => ({ ...row, ...hashes }))
  const isScore = ({ task }: MetricRow) => task === 'forecast' || task === 'reconstruction'
  await stage(
    'eval',
    'metrics',
    ['dataset', 'split', 'latent', 'dynamics'],
    { part: 'test', horizonsS: [1, 2, 3] },
    async (work) => {
      await carryCertificate(at('split'), work)
      work.detail('trainedFrames', compared)
      writePredictions(join(work.dir, 'predictions.arrow'))
      await writeMetrics(join(work.dir, 'metrics.parquet'), of(isScore))
    },
  )
  const rest = [
    ['probe', 'probes'],
    ['audit', 'audits'],
  ] as const
  for (const [task, folder] of rest)
    await stage(task, folder, ['dataset', 'split', 'latent'], { maximumGap: 0.05 }, (work) =>
      writeMetrics(
        join(work.dir, 'metrics.parquet'),
        of((row) => row.task === task),
      ),
    )
  return run
}

function writeDataset(work: Work): void {
  const logs = logIds.map((logId, log) => writeLog(work.dir, logId, log))
  writeArrowFile(join(work.dir, 'logs.arrow'), logSchema, [batchFromRows(logSchema, logs)], 'zstd')
  const sensors = ['north', 'south'].map((rig) => ({
    ...{ calibration_id: `${rig}-1`, rig_id: rig, sensor_name: 'up_lidar' },
    ego_from_sensor: { q: [1, 0, 0, 0], t: [1.3, 0, 1.6] },
  }))
  writeArrowFile(
    join(work.dir, 'calibrations.arrow'),
    calibrationSchema,
    [batchFromRows(calibrationSchema, sensors)],
    'zstd',
  )
  work.detail('grid', grid)
  work.detail('taxonomy', { name: fleet.name, classes: fleet.classes })
  work.detail('frameRateHz', rateHz)
  work.skip({ what: 'category', why: 'no class for it; counted as others', where: 'street-a, row 3', count: 2 })
}

function writeLog(dir: string, logId: string, log: number): Record<string, unknown> {
  const tags = {
    logId,
    siteId: 'main-street',
    routeId: `route-${log}`,
    rigId: ['north', 'south'][log],
    mapVersion: null,
  }
  const rest = { calibrationId: `${['north', 'south'][log]}-1`, weather: log ? 'rain' : 'clear', timeOfDay: 'day' }
  const file = `frames-0000${log}.arrow`
  const writer = new FrameWriter(join(dir, file), grid, fleet, 'handmade', { ...tags, ...rest })
  for (let frame = 0; frame < framesPerLog; frame++)
    writer.write({
      ...truthOf(log, frame),
      frameIndex: frame,
      timestampNs: 1_600_000_000_000_000_000n + BigInt(frame) * BigInt(stepS * 1e9),
      cityFromEgo: egoPose(log, frame),
      egoMotion: frame === 0 ? null : { dxM: 6 * stepS, dyM: 0, dzM: 0, dyawRad: 0, dtS: stepS },
      observedBy: null,
      lidarPoints: 21_000 + frame,
      sweeps: 5,
      objectCount: null,
      source: `${logId}/lidar.feather`,
    })
  writer.close()
  const ids = { log_id: logId, site_id: tags.siteId, route_id: tags.routeId, rig_id: tags.rigId }
  return {
    ...ids,
    date: '2026-01-05',
    license: null,
    format: 'argoverse2',
    occupancy: 'lidar',
    frames: framesPerLog,
    file,
    source_hash: logId,
  }
}

/** Frames of `street-b` that a forecast `horizonS` ahead exists for: two frames are seen first. */
export function hasForecast(frame: number, horizonS: number): boolean {
  return frame >= 1 + horizonS * rateHz
}

function writePredictions(path: string): void {
  const schema = predictionSchema({ grid: JSON.stringify(grid) })
  const rows = Array.from({ length: framesPerLog }, (_, frame) => predictionsOf(frame))
  writeArrowFile(
    path,
    schema,
    rows.map((some) => batchFromRows(schema, some)),
    'zstd',
  )
}

function predictionsOf(frame: number): Record<string, unknown>[] {
  const [log, row] = [1, { log_id: logIds[1], frame_index: frame }]
  const ahead = [1, 2, 3].filter((horizonS) => hasForecast(frame, horizonS))
  const earlier = (horizonS: number) => frame - horizonS * rateHz
  const warped = (horizonS: number) => {
    const { semantics } = truthOf(log, earlier(horizonS))
    return warpByEgoMotion(semantics, grid, egoPose(log, earlier(horizonS)), egoPose(log, frame), freeIndex(fleet))
  }
  const seen = (worldS: number, without: string[]) => streetSemantics(grid, egoPose(log, frame), worldS, without)
  return [
    ...ahead.map((h) => ({ ...row, kind: 'copy', horizon_s: h, semantics: truthOf(log, earlier(h)).semantics })),
    // It knows how things move, a little slower than they do, and forgets the small ones the further it looks.
    ...ahead.map((h) => ({
      ...row,
      kind: 'forecast',
      horizon_s: h,
      semantics: seen(stepS * frame - 0.12 * h, h > 1 ? ['cone', 'child'] : ['child']),
    })),
    { ...row, kind: 'reconstruction', horizon_s: 0, semantics: seen(stepS * frame, ['cone']) },
    ...ahead.map((h) => ({ ...row, kind: 'warp', horizon_s: h, semantics: warped(h) })),
  ]
}

async function latentHistory(work: Work): Promise<void> {
  const history = new History()
  for (let step = 20; step <= 200; step += 20) {
    const nats = [1.9, 0.8, 0.35, 0.04].map((kl) => kl * (1 - Math.exp(-step / 60)))
    const means = {
      total: 3 * Math.exp(-step / 50) + 0.4,
      cross_entropy: 2.6 * Math.exp(-step / 50) + 0.3,
      kl: 0.1 + step / 2000,
      active_units: 3,
    }
    history.log(step, 'train', {
      ...means,
      ...Object.fromEntries(nats.map((kl, i) => [`kl_channel/${i}`, kl])),
      learning_rate: 1e-3,
    })
    if (step % 100 === 0)
      history.log(step, 'val', {
        total: 3 * Math.exp(-step / 50) + 0.5,
        cross_entropy: 2.6 * Math.exp(-step / 50) + 0.38,
        kl: 0.1 + step / 2000,
      })
  }
  history.warn(200, 'posterior collapse: 1 of 4 channels carry under 0.1 nat; lower beta')
  await history.write(join(work.dir, 'history.parquet'))
}

async function dynamicsHistory(work: Work): Promise<void> {
  const history = new History()
  for (let step = 20; step <= 200; step += 20)
    history.log(step, 'train', { total: 2 * Math.exp(-step / 70) + 0.6, forecast: 1.2 * Math.exp(-step / 70) + 0.4 })
  await history.write(join(work.dir, 'history.parquet'))
}
