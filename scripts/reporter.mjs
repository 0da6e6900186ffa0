/**
 * How the set-up talks: one line per step. On a terminal a running step redraws its line and shows a bar; elsewhere it
 * prints plain lines, one for every ten per cent.
 */

const BAR = 24
const NAME = 18

/** @param {NodeJS.WritableStream & {isTTY?: boolean}} [stream] */
export function createReporter(stream = process.stdout) {
  const live = Boolean(stream.isTTY)
  let shown = ''

  const line = (text) => stream.write(`${live ? '\r\x1b[K' : ''}${text}\n`)
  const named = (mark, name, detail) => `${mark} ${name.padEnd(NAME)} ${detail}`

  return {
    /** @param {string} name @param {string} detail */
    done(name, detail) {
      line(named('✓', name, detail))
    },
    missing(name, detail) {
      line(named('✗', name, detail))
    },
    note(text) {
      line(`  ${text}`)
    },
    start(name, detail) {
      if (live) stream.write(`\r\x1b[K${named('…', name, detail)}`)
      else line(named('…', name, detail))
    },
    /** @param {string} name @param {number} done @param {number} total both in bytes */
    progress(name, done, total) {
      const share = total > 0 ? Math.min(1, done / total) : 1
      // Only what a reader would see change is written: each per cent on a terminal, each ten elsewhere.
      const percent = live ? Math.floor(share * 100) : 10 * Math.floor(share * 10)
      if (shown === `${name} ${percent}`) return
      shown = `${name} ${percent}`
      const amount = `${percent} % of ${megabytes(total)}`
      if (live) stream.write(`\r\x1b[K… ${name} ${bar(share)} ${amount}`)
      else line(`… ${name} ${amount}`)
    },
  }
}

function bar(share) {
  const filled = Math.round(share * BAR)
  return `[${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}]`
}

/** @param {number} bytes */
export function megabytes(bytes) {
  const mb = bytes / 1e6
  return mb >= 1000 ? `${(mb / 1000).toFixed(1)} GB` : `${mb < 10 ? mb.toFixed(1) : Math.round(mb)} MB`
}
