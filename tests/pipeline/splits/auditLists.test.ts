import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { assignByLists } from '../../../pipeline/splits/audit/listAssignment.js'
import { readLists } from '../../../pipeline/splits/audit/lists.js'
import { tempFolder } from '../../support/tempFolder.js'
import { line, makeTrack } from '../../support/tracks.js'

const tracks = ['a', 'b', 'with/7'].map((logId) => makeTrack({ logId, points: line(10, 0) }))
const known = new Set(tracks.map(({ logId }) => logId))

function lists(text: string, name = 'lists'): string {
  const path = join(tempFolder(), name)
  writeFileSync(path, text)
  return path
}

async function assigned(text: string) {
  return assignByLists(await readLists(lists(text), known), tracks)
}

describe('lists as JSON', () => {
  test('logs, frames, runs of frames, objects, and a log whose name ends like a frame', async () => {
    const { partOf, missing, contradictions } = await assigned(
      '{"train": ["a/0-3", {"log": "a", "frames": [[5, 5]]}], "test": ["b/4", "with/7"]}',
    )
    const parts = Array.from({ length: 7 }, (_, i) => partOf('a', i))
    expect(parts).toEqual(['train', 'train', 'train', 'train', null, 'train', null])
    expect([partOf('b', 3), partOf('b', 4), partOf('with/7', 0), partOf('nobody', 0)]).toEqual([
      null,
      'test',
      'test',
      null,
    ])
    expect([missing.count, contradictions.count]).toEqual([0, 0])
  })

  test('what the dataset lacks is counted and named', async () => {
    const { missing } = await assigned('{"train": ["a", "c", "c/3"], "val": ["b/10", "b/8-99", "b/20-30"]}')
    expect(missing).toEqual({ count: 4, shown: ['log c', 'log c', 'log b, frame 10', 'log b, frames 20 to 30'] })
  })

  test('a frame of two parts is in the first, and is named', async () => {
    const { partOf, contradictions } = await assigned('{"test": ["a/2-4"], "train": ["a"]}')
    expect(partOf('a', 3)).toBe('train')
    expect(contradictions.count).toBe(3)
    expect(contradictions.shown[0]).toEqual({ logId: 'a', frameIndex: 2, part: 'train' })
  })

  test.each([
    ['an unknown part', '{"train": ["a"], "mini": ["b"]}', /mini/],
    ['a number for a name', '{"train": ["a", 7]}', /train\/1/],
    ['a run without an end', '{"train": [{"log": "a", "frames": [[1]]}]}', /train\/0/],
    ['broken JSON', '{"train": ["a"', /not JSON/],
    ['an empty name', '{"train": [""]}', /train\/0: an empty name/],
    ['nothing in them', '{"train": []}', /empty/],
  ])('planted: %s', async (_name, text, message) => {
    await expect(readLists(lists(text), known)).rejects.toThrow(message)
    await expect(readLists(lists(text), known)).rejects.toMatchObject({ tag: 'data' })
  })
})

describe('lists as a table', () => {
  test('logs and frames, columns in any order, quoted, with CRLF', async () => {
    const { partOf } = await assigned('part,frame_index,log_id\r\ntrain,,a\r\n"test",4,"b"\r\n\r\n')
    expect([partOf('a', 0), partOf('a', 9), partOf('b', 4), partOf('b', 5)]).toEqual(['train', 'train', 'test', null])
    const whole = await assigned('log_id,part\na,val\n')
    expect(whole.partOf('a', 9)).toBe('val')
  })

  test.each([
    ['a head that is none', 'log,split\na,train\n', /row 1.*log_id,part/s],
    [
      'a part that is none',
      'log_id,part\na,train\nb,dev\n',
      /row 3: no such part \(expected train \| val \| test, found dev\)/,
    ],
    ['a frame that is none', 'log_id,frame_index,part\na,x7,train\n', /row 2: no frame index/],
    ['a row that is cut off', 'log_id,part\na\n', /row 2: no such part/],
    ['a log without a name', 'log_id,part\n,train\n', /row 2: no log/],
  ])('planted: %s', async (_name, text, message) => {
    await expect(readLists(lists(text), known)).rejects.toThrow(message)
  })

  test('a file that is not there', async () => {
    await expect(readLists('/nowhere/lists.csv', known)).rejects.toThrow(/lists.csv: the lists cannot be read/)
  })
})
