import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test, vi } from 'vitest'
import { trainDynamics } from '../../../models/dynamics/train.js'
import { startNode } from '../../support/child.js'
import { compiledRoot } from '../../support/compiled.js'
import { dynamicsInputs, tinyDynamics } from './trainedRun.js'

const program = resolve(import.meta.dirname, '..', 'training', 'children', 'train.mjs')

test('with loader threads, killed and run on, the dynamics are those of a run on one thread', async () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const { root, ...inputs } = await dynamicsInputs()
  const config = tinyDynamics({
    steps: 8,
    checkpointEvery: 3,
    validateEvery: 2,
    ema: 0.9,
    keep: 'best',
    bestBy: 'open',
  })
  const whole = await trainDynamics({ ...inputs, config, out: join(root, 'whole'), loaderThreads: 0 })
  const options = JSON.stringify({ ...inputs, config, out: join(root, 'threads'), loaderThreads: 2, cacheMb: 0.1 })
  const run = async (...diesAt: string[]) =>
    startNode(program, [await compiledRoot(), 'dynamics', options, ...diesAt]).ended
  expect((await run('7')).signal).toBe('SIGKILL')
  const { code, stdout, stderr } = await run()
  expect(code, stderr).toBe(0)
  expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toEqual({ hash: whole.hash, outputs: whole.outputs })
  expect(whole.outputs).toHaveProperty('rawWeights.safetensors')
  const { loaderShare } = JSON.parse(readFileSync(join(root, 'threads', 'timing.json'), 'utf8'))
  expect(loaderShare).toBeLessThan(1)
}, 300_000)
