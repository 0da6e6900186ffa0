/**
 * Runs a small stage in a process of its own: node stage.mjs <compiled root> <target> [replace].
 * CRASH_AT=n: dies, as by kill -9, instead of the n-th change to the file system. STOP_IN=n: says `in unit n` and waits.
 */
import fs from 'node:fs'
import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [root, target, replace] = process.argv.slice(2)
const crashAt = Number(process.env.CRASH_AT ?? 0)
const stopIn = Number(process.env.STOP_IN ?? -1)

let changes = 0
function dieInsteadOf(functions, name) {
  const real = functions[name]
  functions[name] = (...args) => {
    if (++changes === crashAt) process.kill(process.pid, 'SIGKILL')
    return real(...args)
  }
}
for (const name of ['open', 'rename', 'rm', 'mkdir', 'writeFile']) dieInsteadOf(promises, name)
for (const name of ['openSync', 'writeSync', 'closeSync', 'rmSync', 'renameSync']) dieInsteadOf(fs, name)
syncBuiltinESMExports()

const { runStage } = await import(pathToFileURL(join(root, 'pipeline', 'stage.js')).href)
const { smallStage } = await import('./smallStage.mjs')
const manifest = await runStage(smallStage.plan(target, replace === 'replace'), (work) =>
  smallStage.run(work, async (unit) => {
    if (unit !== stopIn) return
    process.stdout.write(`in unit ${unit}\n`)
    await new Promise((resolve) => setTimeout(resolve, 60_000))
  }),
)
process.stdout.write(`${manifest.hash} after ${changes} changes\n`)
