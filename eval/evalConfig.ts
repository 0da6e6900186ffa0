/** Settings of the `eval` stage. */
export interface EvalConfig {
  /** Part of the split that is scored. */
  part: string
  /** Metric policies, by registry key; all are scored in one pass. */
  policies: readonly string[]
  /** What is measured, by registry key. */
  measures: readonly string[]
  /** Frames the dynamics see before they forecast. */
  pastFrames: number
  /** Forecast horizons, seconds. */
  horizonsS: readonly number[]
  /** Ego motion of the forecast: `given` as it was, or `constantVelocity`, going on as it came. */
  ego: string
  /** Random futures drawn for each window, for best-of-k and diversity; 0 draws none. */
  rollouts: number
  /** Frames between the starts of two windows of one log. */
  strideFrames: number
  /** Bootstrap resamples over logs. */
  resamples: number
  /** Logs that must support a number, and either side where slices are compared; fewer are marked as insufficient. */
  minLogs: number
  /** Frames of each log whose predictions are kept for the viewer. */
  keepFrames: number
  /** Windows that go through the models together. */
  batch: number
  /** Score a model on frames it may have been trained on, and say so beside every number. */
  allowTrained: boolean
}

export const evalDefaults: EvalConfig = {
  part: 'test',
  policies: ['occlab', 'occworld'],
  measures: ['occupancy', 'rings', 'classSize', 'objects', 'calibration', 'errorGrowth', 'panoptic', 'plans'],
  pastFrames: 4,
  horizonsS: [1, 2, 3],
  ego: 'given',
  rollouts: 0,
  strideFrames: 1,
  resamples: 1000,
  minLogs: 3,
  keepFrames: 60,
  batch: 8,
  allowTrained: false,
}

export const evalPresets: Record<'demo' | 'tiny', Partial<EvalConfig>> = {
  demo: {},
  tiny: { pastFrames: 2, resamples: 200, strideFrames: 2, keepFrames: 12 },
}
