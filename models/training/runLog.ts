import { join } from 'node:path'
import { logsFolder } from '../../pipeline/stage.js'
import type { Pace } from './clock.js'
import { EventFile } from './eventFile.js'
import type { History, HistoryRow } from './history.js'

/** Where a run's numbers go as they come: its history, and TensorBoard's event files beside it. */
export class RunLog {
  private readonly events: EventFile | null

  /**
   * @param dir folder of the run, or null to write no event files
   * @param step steps done before
   */
  constructor(
    private readonly history: History,
    dir: string | null,
    step: number,
  ) {
    this.events = dir === null ? null : new EventFile(join(dir, logsFolder), step)
  }

  /** What the history keeps. */
  means(step: number, part: HistoryRow['part'], means: Readonly<Record<string, number>>): void {
    this.history.log(step, part, means)
    this.events?.scalars(step, tagged(part, means))
  }

  /** What differs from run to run, for TensorBoard alone. */
  facts(step: number, { examplesPerS, loaderShare, peakRssMib, tensorsAlive }: Pace): void {
    const known = { examplesPerS, loaderShare, peakRssMib, tensorsAlive: tensorsAlive?.last }
    const numbers = Object.entries(known).filter((entry): entry is [string, number] => typeof entry[1] === 'number')
    this.events?.scalars(step, tagged('run', Object.fromEntries(numbers)))
  }

  close(): void {
    this.events?.close()
  }
}

function tagged(group: string, numbers: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [`${group}/${name}`, value]))
}
