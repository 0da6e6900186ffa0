import { availableParallelism } from 'node:os'
import { type SimulateConfig, simulateDefaults, simulatePresets } from '../pipeline/simulate/config.js'
import { simulate as simulateFleet } from '../pipeline/simulate/simulate.js'
import type { CommandBody } from './lazyCommand.js'
import { configFrom, flagsOf, printStage, type StageFlags } from './options.js'

interface Flags extends StageFlags {
  jobs: number
}

const words: Record<keyof SimulateConfig, string> = {
  logs: 'how many logs',
  sites: 'sites to drive at',
  rigs: 'rigs to drive with',
  durationS: 'length of a log, seconds',
  sweepRateHz: 'sweeps recorded a second',
  weatherShare: 'share of logs in rain, fog or snow',
  crowding: 'factor on the number of moving things; each log varies around it',
}

export const simulate: CommandBody<Flags> = {
  builder: (yargs) =>
    yargs.options({
      ...flagsOf(simulateDefaults, simulatePresets, 'folder to write, one folder a log in it', words),
      jobs: { type: 'number', default: availableParallelism(), describe: 'worker threads; changes no byte' },
    }),
  async handler(argv) {
    const { out, seed, replace, jobs, json } = argv
    const config = configFrom('simulate', simulateDefaults, simulatePresets, argv)
    const manifest = await simulateFleet({ out, config, seed, replace, jobs })
    const { logs, sweeps, points } = manifest.details as { logs: unknown[]; sweeps: number; points: number }
    printStage(json, out, manifest, [`${logs.length} logs, ${sweeps} sweeps, ${points} points`])
  },
}
