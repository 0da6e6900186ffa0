import { type ChildProcess, spawn } from 'node:child_process'

/** A child process of a test, and what it has said. */
export interface Child {
  process: ChildProcess
  /** Resolves when it has ended. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }>
  /** Resolves when it has printed the text. */
  said(text: string): Promise<void>
}

/** Starts Node on a plain JavaScript file. */
export function startNode(file: string, args: string[], env: NodeJS.ProcessEnv = {}): Child {
  const child = spawn(process.execPath, [file, ...args], { env: { ...process.env, ...env } })
  let [stdout, stderr] = ['', '']
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  const ended = new Promise<Awaited<Child['ended']>>((done) => {
    child.on('close', (code, signal) => done({ code, signal, stdout, stderr }))
  })
  const said = (text: string) =>
    new Promise<void>((heard, missed) => {
      const look = () => {
        if (stdout.includes(text)) heard()
      }
      look()
      child.stdout.on('data', look)
      ended.then(() => missed(new Error(`ended without saying '${text}': ${stdout}${stderr}`)))
    })
  return { process: child, ended, said }
}
