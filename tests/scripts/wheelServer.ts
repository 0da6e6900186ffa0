import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface WheelServer {
  url: string
  /** The Range header of every request so far; `none` where there was none. */
  ranges: string[]
  close(): Promise<void>
}

export interface Behaviour {
  /** The first response breaks off after so many bytes. */
  breakOffAfter?: number
  ignoreRanges?: boolean
}

/** Serves one file on a free port of the loopback interface. */
export async function serveWheel(
  content: Buffer,
  { breakOffAfter, ignoreRanges }: Behaviour = {},
): Promise<WheelServer> {
  const ranges: string[] = []
  const server = createServer((request, response) => {
    const range = request.headers.range ?? 'none'
    ranges.push(range)
    const from = ignoreRanges || range === 'none' ? 0 : Number(/^bytes=(\d+)-$/.exec(range)![1])
    const headers = { 'content-length': content.length - from }
    if (from > 0) {
      response.writeHead(206, { ...headers, 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` })
    } else {
      response.writeHead(200, headers)
    }
    if (breakOffAfter !== undefined && ranges.length === 1) {
      response.write(content.subarray(from, from + breakOffAfter), () => setTimeout(() => response.destroy(), 50))
    } else {
      response.end(content.subarray(from))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/fake.whl`,
    ranges,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
