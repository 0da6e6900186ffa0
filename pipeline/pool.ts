import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { type CarriedError, reviveError } from './carriedError.js'

/** Runs one exported async function of a module over many items, in worker threads. */
export interface Pool<I, O> {
  run(item: I): Promise<O>
  close(): Promise<void>
}

interface Job<I, O> {
  item: I
  resolve(value: O): void
  reject(error: unknown): void
}

/**
 * Opens `jobs` worker threads that call `exportName` of the module at `url`. With one job, or from TypeScript source
 * (tests), the function runs on the calling thread: same results, one core. With `hereToo` the calling thread is one of the
 * jobs, and needs no time to load what it has loaded: for work that often lets the event loop run, since the others' next
 * items are given out there.
 */
export function openPool<I, O>(url: string, exportName: string, jobs: number, hereToo = false): Pool<I, O> {
  if (jobs <= 1 || url.endsWith('.ts')) return inProcess(url, exportName)
  return hereToo
    ? new ThreadPool(url, exportName, jobs - 1, inProcess(url, exportName))
    : new ThreadPool(url, exportName, jobs)
}

class ThreadPool<I, O> implements Pool<I, O> {
  private readonly queue: Job<I, O>[] = []
  private readonly alive = new Set<Worker>()
  private readonly idle = new Set<Worker>()
  private readonly running = new Map<Worker, Job<I, O>>()
  private isHereIdle: boolean

  constructor(
    url: string,
    exportName: string,
    threads: number,
    private readonly here: Pool<I, O> | null = null,
  ) {
    this.isHereIdle = here !== null
    for (let i = 0; i < threads; i++) this.start(url, exportName)
  }

  run(item: I): Promise<O> {
    return new Promise((resolve, reject) => {
      if (this.alive.size === 0 && !this.here) return reject(endedEarly())
      this.queue.push({ item, resolve, reject })
      this.next()
    })
  }

  async close(): Promise<void> {
    await Promise.all([...this.alive].map((worker) => worker.terminate()))
  }

  private start(url: string, exportName: string): void {
    const program = fileURLToPath(new URL('./worker.js', import.meta.url))
    const worker = new Worker(program, { workerData: { url, exportName } })
    worker.on('message', (reply: { value?: O; error?: CarriedError }) => {
      this.idle.add(worker)
      this.finish(worker, (job) => (reply.error ? job.reject(reviveError(reply.error)) : job.resolve(reply.value as O)))
      this.next()
    })
    worker.on('error', (error) => this.finish(worker, (job) => job.reject(error)))
    worker.on('exit', () => this.bury(worker))
    this.alive.add(worker)
    this.idle.add(worker)
  }

  private next(): void {
    for (const worker of this.idle) {
      const job = this.queue.shift()
      if (!job) return
      this.idle.delete(worker)
      this.running.set(worker, job)
      worker.postMessage(job.item)
    }
    this.nextHere()
  }

  private nextHere(): void {
    const job = this.here && this.isHereIdle && this.queue.shift()
    if (!job) return
    this.isHereIdle = false
    this.here
      ?.run(job.item)
      .then(job.resolve, job.reject)
      .finally(() => {
        this.isHereIdle = true
        this.next()
      })
  }

  private finish(worker: Worker, settle: (job: Job<I, O>) => void): void {
    const job = this.running.get(worker)
    this.running.delete(worker)
    if (job) settle(job)
  }

  /**
   * A thread can end by itself (out of memory, `process.exit`): nobody may wait for it. The last takes the queue with it, unless
   * the calling thread works as well.
   */
  private bury(worker: Worker): void {
    this.alive.delete(worker)
    this.idle.delete(worker)
    this.finish(worker, (job) => job.reject(endedEarly()))
    if (this.alive.size === 0 && !this.here) for (const job of this.queue.splice(0)) job.reject(endedEarly())
  }
}

function endedEarly(): Error {
  return new Error('a worker thread ended before its work was done')
}

function inProcess<I, O>(url: string, exportName: string): Pool<I, O> {
  let turn: Promise<unknown> = Promise.resolve()
  return {
    run(item) {
      const mine = turn.then(async () => (await import(url))[exportName](item) as O)
      turn = mine.catch(() => undefined)
      return mine
    },
    close: async () => undefined,
  }
}
