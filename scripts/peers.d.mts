export interface Reporter {
  start(name: string, detail: string): void
  done(name: string, detail: string): void
  missing(name: string, detail: string): void
}

export function providePython(
  reporter: Reporter,
  user?: 'tests' | 'benchmarks' | 'training',
): Promise<{ PYTHONPATH: string }>
export function provideChromium(reporter: Reporter): Promise<{ CHROMIUM?: string }>
export function checkRoom(
  what: string,
  gb: number,
  folders: readonly string[],
  freeGbOf?: (folder: string) => number,
): void
export function removeLeftovers(cache: string, isRunning?: (pid: number) => boolean): void
