import { gridNamed, grids } from '../pipeline/grid.js'
import { findingSummary } from '../pipeline/ingest/checks/findingLine.js'
import { type IngestConfig, ingestDefaults, ingestPresets } from '../pipeline/ingest/config.js'
import { findingsIn, ingest as ingestLogs, warnOnStderr } from '../pipeline/ingest/ingest.js'
import { occupancies } from '../pipeline/ingest/occupancy/occupancies.js'
import { readers } from '../pipeline/ingest/readers.js'
import type { Manifest } from '../pipeline/manifest.js'
import { taxonomies } from '../pipeline/taxonomy.js'
import { identityWords } from './identityWords.js'
import type { CommandBody } from './lazyCommand.js'
import { configFrom, flagsOf, printStage, type StageFlags } from './options.js'

interface Flags extends StageFlags {
  logs: string[]
  strict: boolean
  jobs?: number
}

const words: Record<keyof IngestConfig, string> = {
  format: 'layout of the logs; auto asks every reader',
  grid: 'voxel grid around the ego',
  taxonomy: 'classes of the voxels',
  frameRateHz: 'frames a second',
  occupancy:
    'what frames are made from; auto: the voxels that the source ships, else LiDAR where it covers half of the frames',
  sweeps: 'LiDAR sweeps a frame: its own and, where boxes or labels say what moves, the ones before it',
  sensorMasks: 'keep what each LiDAR saw by itself',
  ...identityWords,
}

export const ingest: CommandBody<Flags> = {
  builder: (yargs) =>
    yargs
      .positional('logs', { type: 'string', array: true, describe: 'folders that are logs or hold some; bag files' })
      .options(flagsOf(ingestDefaults, ingestPresets, 'dataset folder to write', words))
      .options({
        strict: {
          type: 'boolean',
          default: false,
          describe: 'end at the first bad log or finding instead of leaving it out',
        },
        jobs: { type: 'number', describe: 'logs read at once (default: one a core); changes no byte' },
      })
      .choices('format', ['auto', ...Object.keys(readers)])
      .choices('grid', Object.keys(grids))
      .choices('taxonomy', Object.keys(taxonomies))
      .choices('occupancy', ['auto', ...Object.keys(occupancies)]),
  async handler(argv) {
    const config = configFrom('ingest', ingestDefaults, ingestPresets, argv)
    // Lines about what was left out come at the end, from the manifest; with --json, which prints none, as it happens.
    const warn = argv.json ? undefined : (line: string, isInManifest: boolean) => isInManifest || warnOnStderr(line)
    const manifest = await ingestLogs({ ...argv, config, warn })
    if (!argv.json) for (const line of findingSummary(findingsIn(manifest))) process.stderr.write(`found ${line}\n`)
    printStage(argv.json, argv.out, manifest, facts(manifest))
  },
}

function facts({ details }: Manifest): string[] {
  const { logs, frames, frameRateHz, occupancy, grid, taxonomy } = details as Record<string, never>
  const methods = Object.entries<number>(occupancy).flatMap(([name, count]) =>
    count > 0 ? [`${count} from ${name}`] : [],
  )
  const { name, dims, voxelM } = gridNamed((grid as { name: string }).name)
  return [
    `${logs} ${logs === 1 ? 'log' : 'logs'} (${methods.join(', ')}), ${frames} ${frames === 1 ? 'frame' : 'frames'} at ${frameRateHz} Hz`,
    `grid ${name}: ${dims.join('×')} at ${voxelM} m; classes of ${(taxonomy as { name: string }).name}`,
  ]
}
