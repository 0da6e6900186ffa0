import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { occlab } from '../support/occlab.js'

const folder = mkdtempSync(join(tmpdir(), 'occlab-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the command line', () => {
  it('lists its commands and exit codes', async () => {
    const { code, stdout } = await occlab('--help')
    expect(code).toBe(0)
    for (const command of [
      'simulate',
      'ingest',
      'inspect',
      'split',
      'train',
      'encode',
      'eval',
      'probe',
      'audit',
      'report',
      'export',
      'view',
      'doctor',
    ])
      expect(stdout).toMatch(new RegExp(`occlab ${command}`))
    expect(stdout).toContain('exit codes')
  })

  it('goes on when nobody reads its progress any more', async () => {
    const logs = join(folder, 'unread')
    await occlab('simulate', '--out', logs, '--logs', '1')
    const out = join(folder, 'unread-dataset')
    // `head` leaves with the first line.
    const line = `"${process.execPath}" dist/cli/main.js ingest "${logs}" --out "${out}" 2>&1 >/dev/null | head -1`
    execFileSync('sh', ['-c', line], { cwd: join(import.meta.dirname, '..', '..'), encoding: 'utf8' })
    expect(await occlab('inspect', out)).toMatchObject({ code: 0 })
  })

  it('leaves with 2 on an unknown command, flag or preset, and names what is valid', async () => {
    const command = await occlab('ingst', 'logs', '--out', 'x')
    expect(command).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^occlab: no command 'ingst'.* \| ingest \|/),
    })
    const valueless = await occlab('ingest', 'logs', '--out')
    expect(valueless).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^occlab: --out lacks a value/),
    })
    const flag = await occlab('split', '--dataset', 'x', '--out', 'y', '--colour', 'red')
    expect(flag).toMatchObject({ code: 2, stderr: expect.stringContaining('colour') })
    const preset = await occlab('simulate', '--out', join(folder, 'logs'), '--preset', 'huge')
    expect(preset).toMatchObject({ code: 2, stderr: expect.stringContaining('demo') })
    const halfPair = await occlab('eval', '--compare', 'a')
    expect(halfPair).toMatchObject({ code: 2, stderr: expect.stringMatching(/^occlab: --compare lacks a value/) })
  })

  it('leaves with 3 on bad data, naming the folder', async () => {
    const empty = join(folder, 'empty')
    mkdirSync(empty)
    const { code, stderr } = await occlab('ingest', empty, '--out', join(folder, 'dataset'))
    expect(stderr).toContain(empty)
    expect(code).toBe(3)
  })

  it('prints one object with --json', async () => {
    const { code, stdout, stderr } = await occlab(
      'simulate',
      '--preset',
      'tiny',
      '--out',
      join(folder, 'sim'),
      '--json',
    )
    expect(code, stderr).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ tool: 'occlab', stage: 'simulate' })
  }, 120_000)

  it('says what the machine has', async () => {
    const { code, stdout } = await occlab('doctor', '--json')
    expect(JSON.parse(stdout)).toHaveProperty('engine')
    expect(code).toBe(0)
  }, 120_000)
})
