import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkNode, checkSpace } from '../../scripts/requirements.mjs'
import { realProgram } from './realProgram.js'

const setupScript = path.resolve('scripts/setup.mjs')

let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'occlab-setup-'))
})
afterEach(() => rmSync(folder, { recursive: true }))
/** Runs the set-up with nothing but the named programs on the PATH and an empty cache. */
function runSetup(programs: string[], args: string[] = []) {
  const bin = path.join(folder, 'bin')
  mkdirSync(bin)
  for (const name of programs) symlinkSync(realProgram(name), path.join(bin, name))
  const cache = path.join(folder, 'cache')
  const env = { PATH: bin, HOME: folder, OCCLAB_CACHE: cache }
  const { status, stdout, stderr } = spawnSync(process.execPath, [setupScript, ...args], { env, encoding: 'utf8' })
  return { status, stdout, stderr, cache }
}

describe('what the set-up cannot bring itself', () => {
  test('a missing python3 is one line with a remedy, and nothing is written', () => {
    const { status, stderr, cache } = runSetup(['node', 'npm', 'g++'])
    expect(stderr).toBe('setup: python3 is not on the PATH: apt-get install python3 python3-pip\n')
    expect(status).toBe(2)
    expect(existsSync(cache)).toBe(false)
  })

  test('a missing compiler is one line with a remedy, and nothing is written', () => {
    const { status, stderr, cache } = runSetup(['node', 'npm', 'python3'])
    expect(stderr).toMatch(/^setup: C\+\+ compiler is missing .*: apt-get install g\+\+\n$/)
    expect(status).toBe(2)
    expect(existsSync(cache)).toBe(false)
  })

  test('each missing thing has its own line', () => {
    const { status, stderr } = runSetup(['node', 'npm'])
    expect(stderr.trim().split('\n')).toHaveLength(2)
    expect(status).toBe(2)
  })

  test('an old Node is named with what is needed', () => {
    expect(checkNode('20.18.3')).toMatchObject({ ok: false, detail: expect.stringContaining('needs 20.19') })
    expect(checkNode('20.19.0').ok).toBe(true)
    expect(checkNode('24.0.0').ok).toBe(true)
  })

  test('a disk that is too small is named with both figures; needs on one file system add up', () => {
    const bytes = 1e18
    const short = checkSpace([
      { folder: path.join(folder, 'not/yet/there'), bytes },
      { folder, bytes },
    ])
    expect(short.ok).toBe(false)
    expect(short.detail).toContain('needs 2000000000.0 GB')
    expect(checkSpace([{ folder, bytes: 1 }]).ok).toBe(true)
  })
})

describe('--dry-run', () => {
  test.each([
    ['--cpu', 'tensorflow-cpu 2.21.0 (274 MB)', 'with an NVIDIA GPU (--gpu)'],
    ['--gpu', 'nvidia-cudnn-cu12', 'without a GPU (--cpu)'],
  ])('%s names wheels, sizes and the other choice, and does nothing', (flag, wheel, other) => {
    const { status, stdout, cache } = runSetup(['node', 'npm', 'g++', 'python3'], ['--dry-run', flag])
    expect(status).toBe(0)
    expect(stdout).toContain(wheel)
    expect(stdout).toContain(other)
    expect(stdout).toContain(cache)
    expect(existsSync(cache)).toBe(false)
    expect(readdirSync(folder)).toEqual(['bin'])
  })

  test('an unknown option is refused with the list of options', () => {
    const { status, stderr } = runSetup(['node'], ['--fast'])
    expect(status).toBe(2)
    expect(stderr).toMatch(/unknown option --fast[\s\S]*--dry-run/)
  })
})
