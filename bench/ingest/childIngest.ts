import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { IngestOptions } from '../../pipeline/ingest/ingest.js'

/** What an ingest took from its call to its end: seconds, and MiB at most. */
export interface Taken {
  wallS: number
  cpuS: number
  peakMib: number
}

/** Runs ingest in a process of its own. Throws with what it complained of when it fails. */
export async function ingestInChild(options: IngestOptions): Promise<Taken> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'ingestChild.js'), JSON.stringify(options)])
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  if (code !== 0) throw new Error(`ingest left with ${code}: ${stderr}`)
  return JSON.parse(stdout)
}
