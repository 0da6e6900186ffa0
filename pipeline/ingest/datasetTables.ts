import { join } from 'node:path'
import { writeArrowFile } from '../arrow/arrowWriter.js'
import { batchFromRows } from '../columns.js'
import { calibrationSchema, logSchema, type SensorCalibration } from '../schema.js'
import type { IngestedLog } from './ingestLog.js'

/**
 * Writes `logs.arrow` and `calibrations.arrow`: a row a log, a row a sensor of each calibration that occurs. `classes`:
 * names of the taxonomy's classes, in its order.
 */
export function writeTables(dir: string, done: readonly IngestedLog[], classes: readonly string[]): void {
  const logs = done.map(({ info, observedVoxels }) => ({
    ...logRow(info),
    observed_voxels: classes.map((name, index) => [name, BigInt(observedVoxels[index])]),
  }))
  writeArrowFile(join(dir, 'logs.arrow'), logSchema, [batchFromRows(logSchema, logs)], 'zstd')
  const sensors = new Map<string, SensorCalibration>()
  for (const { calibration } of done)
    for (const sensor of calibration) sensors.set(`${sensor.calibrationId}\n${sensor.sensorName}`, sensor)
  const rows = [...sensors.values()].map(sensorRow)
  const path = join(dir, 'calibrations.arrow')
  writeArrowFile(path, calibrationSchema, [batchFromRows(calibrationSchema, rows)], 'zstd')
}

function logRow({ logId, siteId, routeId, rigId, sourceHash, ...rest }: IngestedLog['info']): Record<string, unknown> {
  const { calibrationId, mapVersion, timeOfDay, objectsFile, ...same } = rest
  const identity = { log_id: logId, site_id: siteId, route_id: routeId, rig_id: rigId, source_hash: sourceHash }
  const renamed = { map_version: mapVersion, time_of_day: timeOfDay, objects_file: objectsFile }
  return { ...identity, calibration_id: calibrationId, ...renamed, ...same }
}

function sensorRow({ calibrationId, rigId, sensorName, egoFromSensor }: SensorCalibration): Record<string, unknown> {
  return { calibration_id: calibrationId, rig_id: rigId, sensor_name: sensorName, ego_from_sensor: egoFromSensor }
}
