import cliProgress from 'cli-progress'

export interface Progress {
  /** `done` units so far; `note` is a short tail such as a loss. */
  update(done: number, note?: string): void
  /** One more unit is done. */
  tick(note?: string): void
  stop(): void
}

/**
 * Shows long work on stderr: a bar with an ETA on a terminal, and elsewhere a plain line at every tenth of the way.
 */
export function progress(label: string, total: number, unit: string): Progress {
  return process.stderr.isTTY ? bar(label, total, unit) : lines(label, total, unit)
}

function bar(label: string, total: number, unit: string): Progress {
  const view = new cliProgress.SingleBar({
    format: `${label.padEnd(16)} {bar} {value}/{total} ${unit}  eta {eta_formatted}  {note}`,
    stream: process.stderr,
    barsize: 28,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
  })
  view.start(total, 0, { note: '' })
  let done = 0
  const update = (value: number, note?: string) => {
    done = value
    view.update(value, note === undefined ? {} : { note })
  }
  return { update, tick: (note) => update(done + 1, note), stop: () => view.stop() }
}

function lines(label: string, total: number, unit: string): Progress {
  const startMs = Date.now()
  let done = 0
  let shownTenth = -1
  // Resumed work does not start at 0, and what was done before says nothing of the pace.
  let first: number | null = null
  const update = (value: number, note = '') => {
    done = value
    first ??= value
    const tenth = Math.floor((10 * done) / Math.max(1, total))
    if (tenth === shownTenth) return
    shownTenth = tenth
    const elapsedS = (Date.now() - startMs) / 1000
    const leftS = done > first && done < total ? (elapsedS * (total - done)) / (done - first) : null
    const eta = leftS === null ? '' : `  eta ${leftS.toFixed(0)} s`
    process.stderr.write(`${label.padEnd(16)} ${done}/${total} ${unit}  ${elapsedS.toFixed(1)} s${eta}  ${note}\n`)
  }
  const tick = (note?: string) => {
    first ??= done
    update(done + 1, note)
  }
  return { update, tick, stop: () => undefined }
}
