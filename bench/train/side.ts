import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** What a job took: by the clock and of the processor, seconds. */
export interface Took {
  wallS: number
  cpuS: number
  /** The last loss of a training job. */
  value: number
}

/** One of the compared programs, in a process of its own: it answers one job a line, in JSON. */
export class Side {
  private stderr = ''
  private readonly child: ChildProcessWithoutNullStreams
  private readonly answers: AsyncIterator<string>

  constructor(
    readonly name: string,
    [command, ...args]: readonly string[],
    env: NodeJS.ProcessEnv,
  ) {
    this.child = spawn(command, args, { env: { ...process.env, ...env } })
    this.child.stderr.on('data', (chunk) => {
      this.stderr = `${this.stderr}${chunk}`.slice(-4000)
    })
    // A program that cannot start, or has ended, gives no answer: `ask` says so, with this.
    this.child.on('error', (error) => {
      this.stderr += error.message
    })
    this.child.stdin.on('error', () => undefined)
    this.answers = createInterface(this.child.stdout)[Symbol.asyncIterator]()
  }

  /** Throws with what the program complained of when it ends instead of answering. */
  async ask<T>(job: string, args: object): Promise<T> {
    this.child.stdin.write(`${JSON.stringify({ job, args })}\n`)
    const { value, done } = await this.answers.next()
    if (done) throw new Error(`${this.name}, ${job}: ${this.stderr}`)
    return JSON.parse(value).result
  }

  close(): void {
    this.child.stdin.end()
  }
}
