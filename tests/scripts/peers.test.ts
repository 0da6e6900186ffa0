import { existsSync, mkdirSync, readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { Side } from '../../bench/train/side.js'
import { openAll, providePyTorch } from '../../bench/train/trainSides.js'
import { checkRoom, removeLeftovers } from '../../scripts/peers.mjs'
import { tempFolder } from '../support/tempFolder.js'

test('what does not fit on a disk is said with what is needed, what is there and where', () => {
  const free = (folder: string) => (folder === '/cache' ? 20 : 3.25)
  expect(() => checkRoom('PyTorch', 9, ['/cache'], free)).not.toThrow()
  expect(() => checkRoom('PyTorch', 9, ['/cache', '/tmp'], free)).toThrow(
    'PyTorch needs 9 GB free at /tmp, where 3.3 GB are',
  )
})

test('what killed installations left goes, but not what is being installed, is young, or is something else', () => {
  const cache = tempFolder()
  const names = [
    'python-0123456789ab.11.partial',
    'python-0123456789ab.12.partial',
    'python-0123456789ab.13.partial',
    'python-0123456789ab',
    'libtensorflow-2.21.0.11.partial',
  ]
  for (const name of names) mkdirSync(join(cache, name))
  const old = new Date(Date.now() - 2 * 3600e3)
  for (const name of names.filter((name) => !name.includes('.13.'))) utimesSync(join(cache, name), old, old)
  removeLeftovers(cache, (pid) => pid === 12)
  expect(readdirSync(cache).sort()).toEqual(names.slice(1).sort())
})

test('a process that runs is not taken for one that was killed', () => {
  const cache = tempFolder()
  const own = join(cache, `python-0123456789ab.${process.pid}.partial`)
  mkdirSync(own)
  const old = new Date(Date.now() - 2 * 3600e3)
  utimesSync(own, old, old)
  removeLeftovers(cache)
  expect(existsSync(own)).toBe(true)
  expect(() => removeLeftovers(join(cache, 'nowhere'))).not.toThrow()
})

test('without a Python PyTorch cannot be had: null, one line says why, and nothing half-made is left', async () => {
  const dir = tempFolder()
  mkdirSync(join(dir, 'bin'))
  vi.stubEnv('OCCLAB_CACHE', join(dir, 'cache'))
  vi.stubEnv('PATH', join(dir, 'bin'))
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  try {
    expect(await providePyTorch()).toBeNull()
    const last = String(said.mock.calls.at(-1)![0])
    expect(last).toMatch(
      /^✗ PyTorch +PyTorch (could not be installed: .*ENOENT|needs 9 GB).*; occlab is measured alone$/m,
    )
    expect(last.trimEnd().split('\n')).toHaveLength(1)
    expect(existsSync(join(dir, 'cache'))).toBe(true)
    expect(readdirSync(join(dir, 'cache'))).toEqual([])
  } finally {
    said.mockRestore()
    vi.unstubAllEnvs()
  }
})

test('a PyTorch that is there and does not run leaves no peer, and says so for each variant', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  try {
    const data = { folder: tempFolder(), spec: { grid: { dims: [1, 1, 1] } }, train: [0], test: [] } as never
    expect(await openAll(data, 'vae', ['float32', 'compiled'], { PATH: '' })).toEqual([])
    expect(said.mock.calls.map(([text]) => String(text).split(':')[0])).toEqual([
      'PyTorch float32 does not run here',
      'PyTorch compiled does not run here',
    ])
  } finally {
    said.mockRestore()
  }
})

test('a program that ends, or cannot start, is named with the job and its complaint', async () => {
  const ended = new Side('the other', [process.execPath, '-e', 'console.error("no luck")'], {})
  await expect(ended.ask('open', {})).rejects.toThrow(/^the other, open: no luck/)
  await expect(ended.ask('train', {})).rejects.toThrow(/^the other, train: no luck/)
  const absent = new Side('nobody', ['/nonexistent/program'], {})
  await expect(absent.ask('open', {})).rejects.toThrow(/^nobody, open: .*ENOENT/)
})
