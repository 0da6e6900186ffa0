import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PythonPeer } from './pythonPeer.js'

/** Gives a benchmark a folder of its own, which is gone afterwards. */
export async function inFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'occlab-bench-'))
  try {
    return await run(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A folder, and the Python side of the ingest benchmarks. */
export function withPython<T>(run: (folder: string, python: PythonPeer) => Promise<T>): Promise<T> {
  return inFolder(async (folder) => {
    const python = await PythonPeer.start('ingest.py')
    try {
      return await run(folder, python)
    } finally {
      python.close()
    }
  })
}
