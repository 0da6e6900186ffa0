/** Settings of the simulated fleet. */
export interface SimulateConfig {
  logs: number
  sites: readonly string[]
  rigs: readonly string[]
  durationS: number
  /** Sweeps recorded a second, at most the rig's spin rate; each still takes one spin. */
  sweepRateHz: number
  /** Share of logs in rain, fog or snow. */
  weatherShare: number
  /** Factor on the number of moving things; each log varies around it. */
  crowding: number
}

export const simulateDefaults: SimulateConfig = {
  logs: 36,
  sites: ['urban', 'suburban', 'apron'],
  rigs: ['sedan64', 'shuttle32', 'tug16', 'truck64'],
  durationS: 20,
  sweepRateHz: 10,
  weatherShare: 0.3,
  crowding: 1,
}

export const simulatePresets: Readonly<Record<string, Partial<SimulateConfig>>> = {
  /** Twenty-seven logs: each of three rigs three times at each site, enough for a verdict on each rig. */
  demo: { logs: 27, rigs: ['sedan64', 'shuttle32', 'tug16'], durationS: 14, sweepRateHz: 4 },
  /** A smoke test of the whole flow. */
  tiny: { logs: 9, rigs: ['sedan64', 'shuttle32', 'tug16'], durationS: 5, sweepRateHz: 4, weatherShare: 0 },
}
