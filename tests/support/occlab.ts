import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..', '..')
const main = join(root, 'dist', 'cli', 'main.js')

/** The small real logs that lie beside a checkout, or why they cannot be used. */
export const realData = join(root, '..', 'shared', 'data')
export const realDataMissing = existsSync(realData) ? null : `no real data at ${realData}`

export interface Outcome {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface Running {
  pid: number
  outcome: Promise<Outcome>
  kill(signal: NodeJS.Signals): void
  /** Resolves with the first match in what it has printed. */
  says(pattern: RegExp): Promise<RegExpMatchArray>
}

/** Starts the built command line; `npm test` builds it first. */
export function start(args: string[], env: NodeJS.ProcessEnv = {}): Running {
  if (!existsSync(main)) throw new Error(`${main} is not built: npm run setup`)
  const child = spawn(process.execPath, [main, ...args], { cwd: root, env: { ...process.env, ...env } })
  let [stdout, stderr] = ['', '']
  const waiting: (() => void)[] = []
  const heard = () => {
    for (const look of waiting) look()
  }
  child.stdout.on('data', (chunk) => {
    stdout += chunk
    heard()
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
    heard()
  })
  const outcome = new Promise<Outcome>((done) => {
    child.on('close', (code, signal) => done({ code, signal, stdout, stderr }))
  })
  const says = (pattern: RegExp) =>
    new Promise<RegExpMatchArray>((found, missed) => {
      const look = () => {
        const match = (stdout + stderr).match(pattern)
        if (match) found(match)
      }
      waiting.push(look)
      look()
      outcome.then(() => missed(new Error(`ended without saying ${pattern}: ${stdout}${stderr}`)))
    })
  return { pid: child.pid!, outcome, kill: (signal) => child.kill(signal), says }
}

/** Runs the command line to its end. */
export function occlab(...args: string[]): Promise<Outcome> {
  return start(args).outcome
}
