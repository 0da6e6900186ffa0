import { type Grid, unpackBits, voxelCount } from '../../pipeline/grid.js'
import type { AuditInfo, FrameInfo, Kind, LogInfo, RunInfo } from '../contract.js'

/** Grids that stay in memory after they were shown, so that going back and playing in circles is instant. */
const keptGrids = 240

/** Reads the server's API. Answers are remembered; a failed one is asked for again next time. */
export class RunData {
  private readonly known = new Map<string, Promise<unknown>>()

  private constructor(readonly run: RunInfo) {}

  static async open(): Promise<RunData> {
    return new RunData(await json<RunInfo>('api/run.json'))
  }

  /** What an audit of the split found; null: there is none. */
  async audit(): Promise<AuditInfo | null> {
    return this.run.hasAudit ? json<AuditInfo>('api/audit.json') : null
  }

  log(logId: string): Promise<LogInfo> {
    return this.once(`api/log.json?log=${encodeURIComponent(logId)}`, json<LogInfo>)
  }

  frame(logId: string, frameIndex: number): Promise<FrameInfo> {
    return this.once(`api/frame.json?${place(logId, frameIndex)}`, json<FrameInfo>)
  }

  /** [X·Y·Z] class indices; null when there is no such prediction. */
  grid(logId: string, frameIndex: number, kind: Kind, horizonS: number | null): Promise<Uint8Array | null> {
    return this.once(`api/grid?${place(logId, frameIndex)}&kind=${kind}&horizon=${horizonS ?? 0}`, (path) =>
      bytes(path, this.run.grid),
    )
  }

  /** [X·Y·Z] one byte a voxel, 0 or 1. */
  observed(logId: string, frameIndex: number): Promise<Uint8Array> {
    return this.once(`api/observed?${place(logId, frameIndex)}`, async (path) => {
      const mask = await bytes(path)
      if (!mask) throw new Error(`there is no frame ${frameIndex} in log ${logId}`)
      return unpackBits(mask, voxelCount(this.run.grid))
    })
  }

  private once<T>(path: string, ask: (path: string) => Promise<T>): Promise<T> {
    const known = this.known.get(path) as Promise<T> | undefined
    // Asked for again: the youngest now.
    this.known.delete(path)
    const answer = known ?? ask(path)
    this.known.set(path, answer)
    answer.catch(() => this.known.delete(path))
    for (const oldest of this.known.keys()) {
      if (this.known.size <= keptGrids) break
      this.known.delete(oldest)
    }
    return answer
  }
}

function place(logId: string, frameIndex: number): string {
  return `log=${encodeURIComponent(logId)}&frame=${frameIndex}`
}

async function json<T>(path: string): Promise<T> {
  const response = await ask(path)
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
  return response.json()
}

async function bytes(path: string, grid?: Grid): Promise<Uint8Array | null> {
  const response = await ask(path)
  if (response.status === 404) return null
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
  const body = new Uint8Array(await response.arrayBuffer())
  if (grid && body.length !== voxelCount(grid))
    throw new Error(`${path}: ${body.length} voxels where the grid has ${voxelCount(grid)}`)
  return body
}

async function ask(path: string): Promise<Response> {
  try {
    return await fetch(path)
  } catch {
    throw new Error('The server does not answer: is “occlab view” still running?')
  }
}
