import { lazyCommand } from './lazyCommand.js'

/** `occlab split` is listed here, and again above its own actions. */
export const splitWords = 'split the dataset into train, val and test so that nothing leaks, and list what does'

/** What `occlab` can be asked for, in the order of the flow: name and positions, line of help, file. */
export const commands = [
  lazyCommand(
    'simulate',
    "write a simulated fleet's logs in the Argoverse 2 sensor-log layout",
    async () => (await import('./simulate.js')).simulate,
  ),
  lazyCommand(
    'ingest <logs..>',
    'read logs into a dataset of occupancy frames',
    async () => (await import('./ingest.js')).ingest,
  ),
  lazyCommand(
    'inspect <dataset>',
    "a dataset's card: what is in it, what is rare or missing, what was found wrong",
    async () => (await import('./inspect.js')).inspect,
  ),
  lazyCommand('split', splitWords, async () => (await import('./split.js')).split),
  lazyCommand('train <model>', 'train a model: latent or dynamics', async () => (await import('./train.js')).train),
  lazyCommand(
    'encode',
    'write the latent of every frame of a dataset',
    async () => (await import('./encode.js')).encode,
  ),
  lazyCommand(
    'eval',
    'reconstruction and forecasts on the test part against two baselines; --compare: two evaluations',
    async () => (await import('./eval.js')).evaluate,
  ),
  lazyCommand(
    'probe',
    'what the latent tells, by linear probes and other studies, and which shortcuts it takes',
    async () => (await import('./probe.js')).probe,
  ),
  lazyCommand(
    'audit',
    'leave one rig out: does the latent hold on a rig it never saw? Exit code 4 when an audit fails',
    async () => (await import('./audit.js')).audit,
  ),
  lazyCommand(
    'report <run>',
    'one self-contained page of all results of a run, and one table of all its numbers',
    async () => (await import('./report.js')).report,
  ),
  lazyCommand(
    'export <what>',
    'write what other programs read: weights',
    async () => (await import('./export.js')).exportCommand,
  ),
  lazyCommand(
    'view <run>',
    'serve the voxel viewer of a run to this machine, until Ctrl-C',
    async () => (await import('./view.js')).view,
  ),
  lazyCommand(
    'demo',
    'the whole flow: simulated logs (or --logs) in, an audited world model, a report and voxels out',
    async () => (await import('./demo.js')).demo,
  ),
  lazyCommand(
    'doctor',
    'check this machine: what is there, what is missing, and how fast it computes',
    async () => (await import('./doctor.js')).doctor,
  ),
]
