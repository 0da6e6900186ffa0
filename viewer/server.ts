import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { messageOf, OcclabError, UsageError } from '../pipeline/errors.js'
import { appFile, builtApp } from './appFiles.js'
import { type Kind, kinds } from './contract.js'
import { RunFolder } from './runFolder.js'

const gzipped = promisify(gzip)

export interface ServeOptions {
  /** 0 or left out: a free one. */
  port?: number
  /** Folder that `split audit` wrote; the one that the run holds when left out. */
  audit?: string
  /** Folder of the built app; the project's own when left out. */
  appDir?: string
}

export interface Serving {
  url: string
  close(): Promise<void>
}

interface Answer {
  status: number
  type: string
  body: Uint8Array | string
}

type Api = (run: RunFolder, query: URLSearchParams) => unknown

/** Every address of the API; null says that there is no such thing. */
const api: Record<string, Api> = {
  '/api/run.json': (run) => run.info(),
  '/api/audit.json': (run) => run.audit,
  '/api/log.json': (run, query) => run.log(text(query, 'log')),
  '/api/frame.json': (run, query) => run.frame(text(query, 'log'), number(query, 'frame')),
  '/api/grid': (run, query) => run.grid(text(query, 'log'), number(query, 'frame'), kindOf(query), horizonOf(query)),
  '/api/observed': (run, query) => run.observed(text(query, 'log'), number(query, 'frame')),
}

/**
 * Serves the viewer of a run folder to this machine alone: bound to 127.0.0.1, read-only, nothing but the app's files
 * and the API, and only to requests that name this very address (a page elsewhere cannot reach it through a name of
 * its own).
 *
 * @throws DataError when the folder holds nothing to view; UsageError when the app is not built or the port is taken.
 */
export async function serveRun(runDir: string, { port = 0, audit, appDir }: ServeOptions = {}): Promise<Serving> {
  const app = appDir ?? builtApp()
  const run = await RunFolder.open(runDir, audit)
  const server = createServer((request, response) => respond(run, app, request, response))
  try {
    await listen(server, port)
  } catch (error) {
    await run.close()
    throw new UsageError('cannot listen on that port', { place: `127.0.0.1:${port}`, cause: error })
  }
  const close = async () => {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
    await run.close()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((listening, failed) => {
    server.once('error', failed)
    server.listen(port, '127.0.0.1', () => listening())
  })
}

async function respond(run: RunFolder, app: string, request: IncomingMessage, response: ServerResponse) {
  const { status, type, body } = await answer(run, app, request)
  const zips = /\bgzip\b/.test(String(request.headers['accept-encoding'])) && body.length > 500
  const sent = zips ? await gzipped(body, { level: 4 }) : body
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(sent),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'self'",
    ...(zips && { 'content-encoding': 'gzip' }),
  })
  response.end(request.method === 'HEAD' ? undefined : sent)
}

async function answer(run: RunFolder, app: string, request: IncomingMessage): Promise<Answer> {
  const plain = (status: number, body: string) => ({ status, type: 'text/plain; charset=utf-8', body })
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'only GET')
  if (!/^(127\.0\.0\.1|localhost):\d+$/.test(request.headers.host ?? '')) return plain(403, 'not this host')
  try {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
    const ask = Object.hasOwn(api, pathname) ? api[pathname] : null
    if (!ask) {
      const file = await appFile(app, decodeURIComponent(pathname))
      return file ? { status: 200, ...file } : plain(404, 'no such page')
    }
    const found = await ask(run, searchParams)
    if (found === null) return plain(404, 'no such log, frame or prediction')
    return found instanceof Uint8Array
      ? { status: 200, type: 'application/octet-stream', body: found }
      : { status: 200, type: 'application/json', body: JSON.stringify(found) }
  } catch (error) {
    if (error instanceof UsageError || error instanceof URIError) return plain(400, messageOf(error))
    if (error instanceof OcclabError) return plain(500, messageOf(error))
    process.stderr.write(`occlab view: a bug: ${error instanceof Error ? error.stack : String(error)}\n`)
    return plain(500, 'the viewer has a bug here; its terminal says which')
  }
}

function text(query: URLSearchParams, name: string): string {
  const value = query.get(name)
  if (value === null) throw new UsageError(`the query has no '${name}'`)
  return value
}

function number(query: URLSearchParams, name: string): number {
  const value = Number(text(query, name))
  if (!Number.isFinite(value)) throw new UsageError(`'${name}' is not a number`)
  return value
}

function kindOf(query: URLSearchParams): Kind {
  const kind = kinds.find((each) => each === text(query, 'kind'))
  if (!kind) throw new UsageError('no such kind', { expected: kinds.join(' | ') })
  return kind
}

function horizonOf(query: URLSearchParams): number {
  return query.has('horizon') ? number(query, 'horizon') : 0
}
