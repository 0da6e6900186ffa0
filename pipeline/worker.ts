import { parentPort, workerData } from 'node:worker_threads'
import type { Carried } from './pool.js'

const { url, exportName } = workerData as { url: string; exportName: string }

parentPort?.on('message', async (item) => {
  try {
    const work = (await import(url))[exportName]
    parentPort?.postMessage({ value: await work(item) })
  } catch (error) {
    parentPort?.postMessage({ error: carry(error as Error & Carried) })
  }
})

function carry({ name, message, stack, code, path, file, place, expected, actual }: Error & Carried): Carried {
  return { name, message, stack, code, path, file, place, expected, actual }
}
