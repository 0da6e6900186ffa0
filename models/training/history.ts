import { readFile } from 'node:fs/promises'
import { parquetReadObjects } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { DataError, messageOf } from '../../pipeline/errors.js'
import { writeAtomically } from '../../pipeline/stage.js'

/** One logged number. Long form: a new loss term is a new name, not a new column. */
export interface HistoryRow {
  /** Steps done when it was logged. */
  step: number
  part: 'train' | 'val'
  /** Loss term, `total`, `learning_rate`, `gradient_norm`, or a metric of the model. */
  name: string
  /** The mean over the steps since the last log (train), or over the validation batches (val); NaN if it is not finite. */
  value: number
  /** A warning that belongs to the number, else null. */
  note: string | null
}

export const historyFile = 'history.parquet'

/** The means of what was logged since they were last taken. */
export class Means {
  private sums: Record<string, number> = {}
  private count = 0

  add(names: readonly string[], values: ArrayLike<number>): void {
    names.forEach((name, i) => {
      this.sums[name] = (this.sums[name] ?? 0) + values[i]
    })
    this.count++
  }

  take(): Record<string, number> {
    const means = Object.fromEntries(Object.entries(this.sums).map(([name, sum]) => [name, sum / this.count]))
    this.sums = {}
    this.count = 0
    return means
  }
}

/** What a run has logged so far, and the interval that is under way. It holds no wall-clock time. */
export class History {
  readonly rows: HistoryRow[] = []
  readonly pending = new Means()

  log(step: number, part: HistoryRow['part'], means: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(means))
      this.rows.push({ step, part, name, value: asKept(value), note: null })
  }

  warn(step: number, note: string): void {
    this.note(step, 'warning', note)
  }

  /** Something that happened once, with its words. */
  note(step: number, name: string, note: string): void {
    this.rows.push({ step, part: 'train', name, value: 1, note })
  }

  get warnings(): HistoryRow[] {
    return this.rows.filter(({ name, note }) => name === 'warning' && note !== null)
  }

  /** What that part logged last, or null before it logged anything. */
  last(part: HistoryRow['part']): { step: number; means: Record<string, number> } | null {
    const step = this.rows.findLast((row) => row.part === part && row.note === null)?.step
    return step === undefined ? null : { step, means: this.at(part, step) }
  }

  /** What that part logged after so many steps. */
  at(part: HistoryRow['part'], step: number): Record<string, number> {
    const rows = this.rows.filter((row) => row.part === part && row.note === null && row.step === step)
    return Object.fromEntries(rows.map(({ name, value }) => [name, value]))
  }

  /** Finite numbers survive JSON exactly; NaN becomes null there and NaN again. */
  toJson(): string {
    return JSON.stringify({ rows: this.rows, pending: this.pending })
  }

  static fromJson(json: string): History {
    const { rows, pending } = JSON.parse(json)
    const history = new History()
    for (const row of rows) history.rows.push({ ...row, value: row.value ?? Number.NaN })
    Object.assign(history.pending, pending)
    return history
  }

  async write(file: string): Promise<void> {
    const column = <K extends keyof HistoryRow>(name: K) => this.rows.map((row) => row[name])
    const bytes = parquetWriteBuffer({
      columnData: [
        { name: 'step', data: column('step'), type: 'INT32', nullable: false },
        { name: 'part', data: column('part'), type: 'STRING', nullable: false },
        { name: 'name', data: column('name'), type: 'STRING', nullable: false },
        { name: 'value', data: column('value'), type: 'DOUBLE', nullable: false },
        { name: 'note', data: column('note'), type: 'STRING' },
      ],
    })
    await writeAtomically(file, new Uint8Array(bytes))
  }
}

/** JSON, and so a checkpoint, knows neither infinities nor a negative zero. */
function asKept(value: number): number {
  return Number.isFinite(value) ? value + 0 : Number.NaN
}

/** The history of a finished run. Throws DataError when the file cannot be read. */
export async function readHistory(file: string): Promise<HistoryRow[]> {
  try {
    const bytes = await readFile(file)
    const rows = await parquetReadObjects({ file: Uint8Array.from(bytes).buffer })
    return rows.map((row) => ({ ...row, note: row.note ?? null }) as HistoryRow)
  } catch (error) {
    throw new DataError('no readable history', { file, actual: messageOf(error), cause: error })
  }
}
