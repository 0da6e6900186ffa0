import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import yargs from 'yargs'
import { lazyCommand } from '../../cli/lazyCommand.js'
import { splitInflation } from '../../cli/splitInflation.js'
import { writeSecret } from '../eval/inflation/secretDataset.js'
import { tempFolder } from '../support/tempFolder.js'

test('occlab split inflation: a table with intervals, the population, and a sentence for each score', async () => {
  const root = tempFolder()
  const [dataset, split, out] = ['dataset', 'split', 'out'].map((name) => join(root, name))
  let said = ''
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  await writeSecret(dataset, split)
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += text
    return true
  })
  const flags = ['inflation', '--dataset', dataset, '--split', split, '--out', out, '--preset', 'tiny', '--steps', '2']
  await yargs(flags)
    .command(lazyCommand('inflation', '', async () => splitInflation))
    .strict()
    .parseAsync()
  vi.restoreAllMocks()
  const lines = said.split('\n')
  expect(lines[0]).toMatch(/clean +leaky +leaky − clean \[95 %\] +single repeats/)
  for (const score of ['IoU', 'mIoU', 'rare recall'])
    expect(lines.filter((line) => line.startsWith(score))).toHaveLength(2)
  expect(said).toContain(
    'reconstruction of 12 test frames of 3 logs; either model saw 32 frames for 2 steps; repeats 2',
  )
  expect(said).toContain('0 % within 5 m; leaky')
  expect(lines.at(-2)).toMatch(/^split-inflation → /)
}, 60_000)
