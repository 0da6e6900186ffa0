import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { checkout } from './checkout.js'

/** A Python program of `bench/peers` that answers one job at a time. */
export class PythonPeer {
  private stderr = ''
  private readonly answers: AsyncIterator<string>

  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    lines: Interface,
  ) {
    this.answers = lines[Symbol.asyncIterator]()
    child.stderr.on('data', (chunk) => {
      this.stderr += chunk
    })
  }

  /** Installs the packages of `bench/peers/requirements.txt` once a user, and starts the program on one thread. */
  static async start(program: string): Promise<PythonPeer> {
    const scripts = (file: string) => pathToFileURL(join(checkout, 'scripts', file)).href
    const { providePython } = (await import(scripts('peers.mjs'))) as typeof import('../scripts/peers.mjs')
    const { createReporter } = await import(scripts('reporter.mjs'))
    const found = await providePython(createReporter(process.stderr), 'benchmarks')
    const one = {
      OMP_NUM_THREADS: '1',
      OPENBLAS_NUM_THREADS: '1',
      NUMBA_NUM_THREADS: '1',
      PYTHONDONTWRITEBYTECODE: '1',
    }
    const env = { ...process.env, ...found, ...one }
    const child = spawn('python3', [join(checkout, 'bench', 'peers', program)], { env })
    return new PythonPeer(child, createInterface(child.stdout))
  }

  /** Throws with what Python complained of when it ends instead of answering. */
  async ask<T = unknown>(job: string, args: object): Promise<{ cpuS: number; result: T }> {
    this.child.stdin.write(`${JSON.stringify({ job, args })}\n`)
    const { value, done } = await this.answers.next()
    if (done) throw new Error(`${job}: ${this.stderr}`)
    return JSON.parse(value)
  }

  close(): void {
    this.child.stdin.end()
  }
}
