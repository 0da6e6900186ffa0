import { parentPort, workerData } from 'node:worker_threads'
import { carryError } from './carriedError.js'

const { url, exportName } = workerData as { url: string; exportName: string }

// At once, not with the first item: whoever opens a pool has other things to do meanwhile. A failure is told with that item.
const loaded = import(url)
loaded.catch(() => undefined)

parentPort?.on('message', async (item) => {
  try {
    const work = (await loaded)[exportName]
    parentPort?.postMessage({ value: await work(item) })
  } catch (error) {
    parentPort?.postMessage({ error: carryError(error) })
  }
})
