import { Confusion } from '../../eval/metrics/confusion.js'
import { meanIou } from '../../eval/metrics/iou.js'
import { policies } from '../../eval/metrics/policies.js'
import type { Bench, Measured } from '../bench.js'
import { PythonPeer } from '../pythonPeer.js'
import { byTurns, cpuOf, type Side, sidesOf, timesFaster } from '../rounds.js'
import { inFolder } from '../workspace.js'
import { type Occ3dFrames, occ3dFrames, taxonomy } from './occ3dFrames.js'

/** Different frames, more than the processor's own caches hold. */
const distinct = 10
const rounds = 7
/** torchmetrics divides in float32. */
const singlePrecision = 1e-6

/** Everything is in memory on both sides; a round is counts and mIoU of 1,000 frames, or of 200 without a mask. */
export const evalConfusion: Bench = {
  name: 'eval-confusion',
  question:
    'mIoU of 1,000 frames on the grid of Occ3D: how fast, against the NumPy code that Occ3D users run, and torchmetrics?',
  run: ({ data }) =>
    inFolder(async (folder) => {
      const frames = await occ3dFrames(folder, distinct, data)
      const python = await PythonPeer.start('eval.py')
      try {
        await python.ask('open_frames', { folder, classes: taxonomy.classes.length })
        return [...(await compare(frames, python, true)), ...(await compare(frames, python, false))]
      } finally {
        python.close()
      }
    }),
}

/** Under the camera mask, as Occ3D scores, or over all voxels, as OccWorld does. */
async function compare(frames: Occ3dFrames, python: PythonPeer, masked: boolean): Promise<Measured[]> {
  const repeats = masked ? 100 : 20
  let ourMean = 0
  const ours: Side = {
    cpuS: () =>
      cpuOf(() => {
        ourMean = meanOf(frames, repeats, masked)
      }),
  }
  const theirs = (job: string, within: number): Side => ({
    async cpuS() {
      const { cpuS, result } = await python.ask<number>(job, { masked, repeats })
      if (Math.abs(result - ourMean) > within) throw new Error(`${job} finds mIoU ${result}, not ${ourMean}`)
      return cpuS
    },
  })
  const { result: torch } = await python.ask<string | null>('torch_version', {})
  const [ourS, numpyS, torchS] = await byTurns(
    [ours, theirs('numpy_miou', 1e-12), ...(torch ? [theirs('torch_miou', singlePrecision)] : [])],
    rounds,
  )
  const where = `${masked ? 'under the camera mask' : 'all voxels'}, mIoU ${ourMean.toFixed(6)} on all sides; ${frames.what}`
  const figure = (peer: string, others: number[], atLeast: number): Measured => ({
    ...{ what: `against ${peer}, ${where}`, ...timesFaster(ourS, others), unit: '×' },
    ...{
      target: masked ? { atLeast } : null,
      sides: `${sidesOf({ ours: ourS, [peer]: others }, distinct * repeats)} a frame`,
    },
  })
  return [figure('NumPy', numpyS, 5), ...(torch ? [figure(`torchmetrics ${torch}`, torchS, 3)] : [noTorch])]
}

/** It comes with gigabytes of libraries for GPUs, so it is measured where it is there, and not installed for this. */
const noTorch: Measured = {
  what: 'torchmetrics was not measured: python3 does not find it and torch (PYTHONPATH)',
  ...{ value: 0, unit: 'rounds', target: null },
}

function meanOf({ truth, predicted, camera }: Occ3dFrames, repeats: number, masked: boolean): number {
  const confusion = new Confusion(taxonomy.classes.length)
  for (let repeat = 0; repeat < repeats; repeat++)
    for (const [n, labels] of truth.entries()) confusion.addFrame(labels, predicted[n], masked ? camera[n] : undefined)
  return meanIou(confusion, policies.occ3d, taxonomy).value!
}
