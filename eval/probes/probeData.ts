import type { FeatureTable, ProbeFeatures } from './features.js'
import type { ProbeRows } from './linear.js'
import type { Probe } from './probe.js'

/** What a probe is fitted and scored on; `unseen` test frames have a label that training lacks and are in neither. */
export interface ProbeData extends Record<'train' | 'test', ProbeRows> {
  unseen: number
  /** The labels by class index; a regression has none. */
  labels: readonly (string | number)[]
  /** Why nothing can be said; null: something can. */
  reason: string | null
}

/** The rows of one probe, whose targets are those with that index in the tables. */
export function probeData({ kind }: Probe, { train, test }: ProbeFeatures, index: number): ProbeData {
  if (kind === 'regression') {
    const [from, on] = [train, test].map((table) => rowsWith(table, index, (value) => value as number))
    return { train: from, test: on, unseen: 0, labels: [], reason: whyNot(from, on) }
  }
  const labels = [...new Set(train.targets[index].filter((label) => label !== null))].sort()
  const indexOf = (value: string | number) => labels.indexOf(value)
  // A label that training never showed cannot be predicted; its frames would measure the split, not the latent.
  const [from, on] = [train, test].map((table) => rowsWith(table, index, indexOf, (i) => i >= 0))
  const unseen = test.targets[index].filter((label) => label !== null && indexOf(label) < 0).length
  const reason = labels.length < 2 ? 'the training part shows one label only' : whyNot(from, on)
  return { train: from, test: on, unseen, labels, reason }
}

/** In words, for a row's population. */
export function populationOf({ train, test, unseen }: ProbeData): string {
  const side = ({ groups }: ProbeRows) => `${groups.length} frames of ${new Set(groups).size} logs`
  const left = unseen > 0 ? `; ${unseen} test frames left out: training never showed their label` : ''
  return `fitted on ${side(train)} (train), scored on ${side(test)} (test)${left}`
}

function rowsWith(
  table: FeatureTable,
  index: number,
  toTarget: (value: string | number) => number,
  keeps: (target: number) => boolean = () => true,
): ProbeRows {
  const { width, features, logs } = table
  const kept = table.targets[index].flatMap((value, row) => {
    const target = value === null ? null : toTarget(value)
    return target !== null && keeps(target) ? [{ row, target }] : []
  })
  const packed = new Float32Array(kept.length * width)
  kept.forEach(({ row }, i) => {
    packed.set(features.subarray(row * width, (row + 1) * width), i * width)
  })
  return {
    features: packed,
    width,
    targets: kept.map(({ target }) => target),
    groups: kept.map(({ row }) => logs[row]),
  }
}

function whyNot(train: ProbeRows, test: ProbeRows): string | null {
  if (train.groups.length < 10) return `only ${train.groups.length} training frames say anything`
  return test.groups.length === 0 ? 'no test frame says anything' : null
}
