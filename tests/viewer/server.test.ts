import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DataError, UsageError } from '../../pipeline/errors.js'
import { voxelCount } from '../../pipeline/grid.js'
import { fleet } from '../../pipeline/taxonomies/fleet.js'
import type { LogInfo, RunInfo } from '../../viewer/contract.js'
import { type Serving, serveRun } from '../../viewer/server.js'
import { framesPerLog, grid, handmadeRun, logIds, truthOf } from '../support/handmadeRun.js'

const folder = mkdtempSync(join(tmpdir(), 'occlab-serve-'))
const appDir = join(folder, 'app')
let serving: Serving

beforeAll(async () => {
  mkdirSync(appDir)
  writeFileSync(join(appDir, 'index.html'), '<!doctype html><title>app</title>')
  writeFileSync(join(folder, 'secret.json'), '{}')
  serving = await serveRun(await handmadeRun(join(folder, 'run')), { appDir })
})
afterAll(async () => {
  await serving.close()
  rmSync(folder, { recursive: true, force: true })
})

const get = (path: string) => fetch(serving.url + path)
const json = async <T>(path: string) => (await get(path)).json() as Promise<T>
const grids = async (path: string) => new Uint8Array(await (await get(path)).arrayBuffer())

/** A request as no browser sends it: the path as it stands, any header. */
function raw(path: string, { method = 'GET', headers = {} } = {}): Promise<{ status: number; encoding?: string }> {
  return new Promise((answered, failed) => {
    const { hostname, port } = new URL(serving.url)
    const asked = request({ hostname, port, path, method, headers }, (response) => {
      response.resume()
      answered({ status: response.statusCode!, encoding: response.headers['content-encoding'] })
    })
    asked.on('error', failed).end()
  })
}

describe('the viewer’s server', () => {
  it('listens on this machine alone', () => {
    expect(new URL(serving.url).hostname).toBe('127.0.0.1')
  })

  it('says what the run has', async () => {
    const run = await json<RunInfo>('api/run.json')
    expect(run.kinds).toEqual(['truth', 'reconstruction', 'forecast', 'copy', 'warp'])
    expect(run.horizonsS).toEqual([1, 2, 3])
    expect(run.grid.dims).toEqual(grid.dims)
    expect(run.logs.map(({ logId, frames, predicted }) => [logId, frames, predicted])).toEqual([
      [logIds[0], framesPerLog, 0],
      [logIds[1], framesPerLog, framesPerLog],
    ])
    const headline = run.headlines.find(
      ({ model, metric, horizonS }) => model === 'dynamics' && metric === 'iou' && horizonS === 2,
    )
    expect(headline).toMatchObject({ value: 0.64, low: 0.62, policy: 'occlab', mask: 'observed', clusters: 12 })
    expect(run.headlines.every(({ policy }) => policy === 'occlab')).toBe(true)
  })

  it('says which frames have which predictions', async () => {
    const { frames } = await json<LogInfo>(`api/log.json?log=${logIds[1]}`)
    expect(frames[2]).toEqual({ frameIndex: 2, reconstruction: true, horizonsS: {} })
    expect(frames[5].horizonsS).toEqual({ forecast: [1, 2], copy: [1, 2], warp: [1, 2] })
  })

  it('gives facts of a frame, with null where the log does not say', async () => {
    expect(await json(`api/frame.json?log=${logIds[1]}&frame=0`)).toMatchObject({
      timeS: 0,
      speedMps: null,
      rigId: 'south',
    })
    expect(await json(`api/frame.json?log=${logIds[1]}&frame=3`)).toMatchObject({
      timeS: 1.5,
      speedMps: 6,
      weather: 'rain',
    })
  })

  it('gives truth and mask as the dataset has them, and predictions as they were kept', async () => {
    const place = `log=${logIds[1]}&frame=4`
    const { semantics, observed } = truthOf(1, 4)
    expect(await grids(`api/grid?${place}&kind=truth`)).toEqual(semantics)
    expect(await grids(`api/observed?${place}`)).toEqual(observed)
    expect(await grids(`api/grid?${place}&kind=copy&horizon=1`)).toEqual(truthOf(1, 2).semantics)
    const reconstruction = await grids(`api/grid?${place}&kind=reconstruction`)
    expect(reconstruction.length).toBe(voxelCount(grid))
    const cone = fleet.classes.findIndex(({ name }) => name === 'cone')
    expect(reconstruction.includes(cone)).toBe(false)
  })

  it('compresses for those who can read it', async () => {
    const path = `/api/grid?log=${logIds[0]}&frame=0&kind=truth`
    expect((await raw(path, { headers: { 'accept-encoding': 'gzip' } })).encoding).toBe('gzip')
    expect((await raw(path)).encoding).toBeUndefined()
  })

  it.each([
    ['api/grid?log=none&frame=0&kind=truth', 404],
    [`api/grid?log=${logIds[0]}&frame=99&kind=truth`, 404],
    [`api/grid?log=${logIds[1]}&frame=4&kind=forecast&horizon=3`, 404],
    [`api/grid?log=${logIds[1]}&frame=4&kind=radar`, 400],
    ['api/grid', 400],
    ['api/frame.json?log=street-a&frame=first', 400],
    ['nowhere.html', 404],
  ])('answers %s with %i', async (path, status) => {
    expect((await get(path)).status).toBe(status)
  })

  it.each(['/../secret.json', '/%2e%2e/secret.json', '/..%2fsecret.json', '/assets/../../secret.json', '/%zz'])(
    'gives nothing outside the app for %s',
    async (path) => {
      expect([400, 404]).toContain((await raw(path)).status)
    },
  )

  it('refuses other hosts’ names and anything but reading', async () => {
    expect((await raw('/api/run.json', { headers: { host: 'example.org' } })).status).toBe(403)
    expect((await raw('/api/run.json', { method: 'POST' })).status).toBe(405)
    expect((await raw('/', { method: 'HEAD' })).status).toBe(200)
  })

  it('shows a dataset alone, and names what cannot be viewed', async () => {
    const bare = await serveRun(await handmadeRun(join(folder, 'bare'), { predictions: false }), { appDir })
    const info = (await (await fetch(`${bare.url}api/run.json`)).json()) as RunInfo
    await bare.close()
    expect(info).toMatchObject({ kinds: ['truth'], horizonsS: [], headlines: [] })
    await expect(serveRun(join(folder, 'app'), { appDir })).rejects.toThrow(DataError)
  })

  it('says so when the port is taken, and answers no more once closed', async () => {
    const { port } = new URL(serving.url)
    await expect(serveRun(join(folder, 'run'), { appDir, port: Number(port) })).rejects.toThrow(UsageError)
    const brief = await serveRun(join(folder, 'run'), { appDir })
    await brief.close()
    await expect(fetch(brief.url)).rejects.toThrow()
  })
})
