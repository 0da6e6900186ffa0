import type { Dataset } from '../../pipeline/dataset.js'
import { DataError } from '../../pipeline/errors.js'
import { stream } from '../../pipeline/random.js'
import type { Work } from '../../pipeline/stage.js'
import { EpochSampler } from '../training/epochSampler.js'
import type { Loader } from '../training/loader/loader.js'
import type { Training } from '../training/training.js'
import type { DynamicsConfig } from './config.js'
import type { DynamicsModel, DynamicsSpec } from './dynamicsModel.js'
import { healthOf } from './health.js'
import type { DynamicsSurvey } from './survey.js'
import { type WindowBatch, type WindowTensors, windowBatch } from './windowBatch.js'
import type { WindowArrays, WindowRequest } from './windowPreparer.js'
import { planWindows, type Window, type WindowPlan } from './windows.js'

export type Plans = Record<'train' | 'val', WindowPlan>

/** The windows to train and to validate on. Throws DataError when the dataset does not say how its frames follow. */
export function plansOf({ frames }: DynamicsSurvey, dataset: Dataset, { past, future }: DynamicsConfig): Plans {
  const rateHz = Number(dataset.manifest.details.frameRateHz)
  if (!(rateHz > 0))
    throw new DataError("the dataset's manifest has no frame rate", {
      file: dataset.dir,
      expected: 'details.frameRateHz',
    })
  const plan = (part: string) => planWindows(frames, { part, past, future, stepS: 1 / rateHz })
  return { train: plan('train'), val: plan('val') }
}

/** Where a run's batches come from. */
export interface WindowSource {
  plans: Plans
  loader: Loader<WindowRequest, WindowArrays>
  tensors: WindowTensors
}

/** What the loop is to do: batches of the windows to train on, and the validation windows. */
export function trainingOf(
  model: DynamicsModel,
  { plans, loader, tensors }: WindowSource,
  { config, seed }: DynamicsSpec,
  work: Work,
): Training<WindowBatch> {
  const sampler = new EpochSampler(plans.train.windows.length, config.batch, seed)
  const chosen = stream(seed, 'validation').shuffle(plans.val.windows).slice(0, config.validationWindows)
  const load = async (windows: readonly Window[], draw: string | number) => {
    const loaded = await loader.prepare({ windows, draw })
    return () => windowBatch(loaded, tensors, draw)
  }
  return {
    label: 'train dynamics',
    work,
    parameters: model.parameters,
    config,
    batches: {
      prepare: (step) =>
        load(
          sampler.at(step).map((i) => plans.train.windows[i]),
          step,
        ),
    },
    loss: (batch) => model.loss(batch),
    validation: {
      count: Math.ceil(chosen.length / config.batch),
      batches: {
        prepare: (i) => load(chosen.slice(i * config.batch, (i + 1) * config.batch), `validation ${i}`),
      },
      loss: (batch) => model.loss(batch),
    },
    watch: (means, step) => healthOf(means, step, config),
  }
}
