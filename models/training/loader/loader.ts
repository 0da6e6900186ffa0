import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { reviveError } from '../../../pipeline/carriedError.js'
import type { Answer, Message, ThreadData } from './loaderThread.js'
import { BufferPool, type OpenPreparer, type Preparer } from './preparer.js'

/** A prepared batch on the main thread; `release` gives its arrays up for another batch. */
export interface Loaded<Value> {
  value: Value
  release(): void
}

/** Prepares batches beside the computation. */
export interface Loader<Request, Value> {
  /** Starts at once. Rejects with what the preparer threw, its class kept where it is one of ours. */
  prepare(request: Request): Promise<Loaded<Value>>
  close(): Promise<void>
}

/** Where a loader's preparer comes from. */
export interface LoaderPlan<Spec> {
  /** Module and name of an `OpenPreparer`. */
  url: string
  exportName: string
  /** What it is opened with, plain data. */
  spec: Spec
  /** Threads of their own; 0 prepares on the calling thread. */
  threads: number
}

/**
 * Opens a loader. From TypeScript source (tests) it works on the calling thread: same batches, nothing beside the
 * computation but what the system reads by itself.
 */
export async function openLoader<Spec, Request, Value>(plan: LoaderPlan<Spec>): Promise<Loader<Request, Value>> {
  const { url, exportName, spec, threads } = plan
  if (threads > 0 && !import.meta.url.endsWith('.ts')) return new ThreadedLoader(plan)
  const open = (await import(url))[exportName] as OpenPreparer<Spec, Request, Value>
  return inProcess(await open(spec))
}

/** A loader over a preparer on the calling thread. */
export function inProcess<Request, Value>(preparer: Preparer<Request, Value>): Loader<Request, Value> {
  const pool = new BufferPool()
  return {
    async prepare(request) {
      const { value, buffers } = await preparer.prepare(request, pool)
      return { value, release: () => pool.give(buffers) }
    },
    close: () => preparer.close(),
  }
}

interface Waiting<Value> {
  resolve(loaded: Loaded<Value>): void
  reject(error: unknown): void
}

class ThreadedLoader<Request, Value> implements Loader<Request, Value> {
  private readonly threads: LoaderThread<Request, Value>[]

  constructor(plan: LoaderPlan<unknown>) {
    this.threads = Array.from({ length: plan.threads }, () => new LoaderThread(plan))
  }

  /** By the thread with the least to do, the first of these. Which one it is changes no value. */
  prepare(request: Request): Promise<Loaded<Value>> {
    const least = this.threads.reduce((best, thread) => (thread.waiting.size < best.waiting.size ? thread : best))
    return least.prepare(request)
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.close()))
  }
}

class LoaderThread<Request, Value> {
  readonly waiting = new Map<number, Waiting<Value>>()
  private readonly worker: Worker
  private readonly ended: Promise<void>
  private hasEnded = false
  private next = 0

  constructor({ url, exportName, spec }: LoaderPlan<unknown>) {
    const program = fileURLToPath(new URL('./loaderThread.js', import.meta.url))
    this.worker = new Worker(program, { workerData: { url, exportName, spec } satisfies ThreadData })
    this.worker.on('message', (answer: Answer<Value>) => this.settle(answer))
    this.worker.on('error', (error) => this.fail(error))
    this.ended = new Promise((done) => {
      this.worker.on('exit', () => {
        this.hasEnded = true
        this.fail(endedEarly())
        done()
      })
    })
  }

  prepare(request: Request): Promise<Loaded<Value>> {
    if (this.hasEnded) return Promise.reject(endedEarly())
    return new Promise((resolve, reject) => {
      const id = this.next++
      this.waiting.set(id, { resolve, reject })
      this.post({ kind: 'prepare', id, request })
    })
  }

  async close(): Promise<void> {
    if (!this.hasEnded) this.post({ kind: 'close' })
    await this.ended
  }

  private settle(answer: Answer<Value>): void {
    const { resolve, reject } = this.waiting.get(answer.id)!
    this.waiting.delete(answer.id)
    if ('error' in answer) reject(reviveError(answer.error))
    else resolve({ value: answer.value, release: () => this.giveBack(answer.buffers) })
  }

  /** The thread writes its next batch into them. */
  private giveBack(buffers: ArrayBuffer[]): void {
    if (!this.hasEnded) this.post({ kind: 'spare', buffers }, buffers)
  }

  private post(message: Message<Request>, transfer: ArrayBuffer[] = []): void {
    this.worker.postMessage(message, transfer)
  }

  private fail(error: unknown): void {
    for (const { reject } of this.waiting.values()) reject(error)
    this.waiting.clear()
  }
}

function endedEarly(): Error {
  return new Error('a loader thread ended before its batches were made')
}
