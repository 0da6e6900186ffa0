export interface Wheel {
  name: string
  version: string
  file: string
  sha256: string
  size: number
  unpacked: number
  keep: string
}

export interface WheelPlan {
  device: 'cpu' | 'gpu'
  tensorflow: string
  wheels: Wheel[]
  folder: string
  download: number
  unpacked: number
}

export interface Reporter {
  start(name: string, detail: string): void
  progress(name: string, done: number, total: number): void
  note(text: string): void
}

export function provision(
  plan: WheelPlan,
  cache: string,
  report: Reporter,
  options?: { locate?: (wheel: Wheel) => Promise<string | null> },
): Promise<void>

export function cacheFolder(env?: NodeJS.ProcessEnv): string
