import { parentPort, workerData } from 'node:worker_threads'
import { type CarriedError, carryError } from '../../../pipeline/carriedError.js'
import { BufferPool, type OpenPreparer } from './preparer.js'

/** The program of a loader thread: opens a preparer and answers requests until it is told to close. */

export interface ThreadData {
  url: string
  exportName: string
  spec: unknown
}

export type Message<Request> =
  | { kind: 'prepare'; id: number; request: Request }
  /** Buffers of a batch that is used up. */
  | { kind: 'spare'; buffers: ArrayBuffer[] }
  | { kind: 'close' }

export type Answer<Value> = { id: number; value: Value; buffers: ArrayBuffer[] } | { id: number; error: CarriedError }

if (parentPort) serve(parentPort, workerData as ThreadData)

function serve(port: NonNullable<typeof parentPort>, { url, exportName, spec }: ThreadData): void {
  const pool = new BufferPool()
  const opening = import(url).then((module) => (module[exportName] as OpenPreparer<unknown, unknown, unknown>)(spec))
  // What went wrong is said to whoever asks for a batch.
  opening.catch(() => undefined)
  port.on('message', async (message: Message<unknown>) => {
    if (message.kind === 'spare') return pool.give(message.buffers)
    if (message.kind === 'close') {
      await opening.then((preparer) => preparer.close()).catch(() => undefined)
      return port.close()
    }
    const { id, request } = message
    try {
      const { value, buffers } = await (await opening).prepare(request, pool)
      port.postMessage({ id, value, buffers } satisfies Answer<unknown>, buffers)
    } catch (error) {
      port.postMessage({ id, error: carryError(error) } satisfies Answer<unknown>)
    }
  })
}
