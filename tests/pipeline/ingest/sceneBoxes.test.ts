import { describe, expect, test } from 'vitest'
import { sceneBoxes, sceneUpdate, type TimedScene } from '../../../pipeline/ingest/ros/sceneBoxes.js'

const second = 1_000_000_000n
const at = (s: number) => ({ sec: s, nsec: 0 })

interface Asked {
  lifetimeS?: number
  frame?: string
  isLocked?: boolean
  cubes?: number
}

function entity(id: string, s: number, { lifetimeS = 0, frame = 'map', isLocked = false, cubes = 1 }: Asked = {}) {
  const cube = { pose: { position: { x: s, y: 0, z: 0 } }, size: { x: 4, y: 2, z: 1 } }
  return {
    timestamp: at(s),
    frame_id: frame,
    id,
    lifetime: at(lifetimeS),
    frame_locked: isLocked,
    metadata: [{ key: 'Category', value: 'car' }],
    cubes: Array.from({ length: cubes }, () => cube),
  }
}

/** What there is at each time: s → id@x of every box. */
function seen(...updates: { entities?: object[]; deletions?: object[] }[]) {
  const timed = updates.map(
    (update, i): TimedScene => ({
      ...sceneUpdate.parse(update),
      logTimeNs: BigInt(i),
      ref: { file: 0, at: i, within: 0 },
    }),
  )
  const found: Record<number, string[]> = {}
  for (const { stampNs, boxes } of sceneBoxes(timed)) {
    const words = boxes.map(({ trackId, frameFromBox }) => `${trackId}@${frameFromBox.t[0]}`)
    found[Number(stampNs / second)] = [...(found[Number(stampNs / second)] ?? []), ...words]
  }
  return found
}

describe('the boxes of scene updates', () => {
  test('that delete nothing: each says all there is', () => {
    const updates = [{ entities: [entity('a', 1), entity('b', 1)] }, { entities: [entity('a', 2)] }]
    expect(seen(...updates)).toEqual({ 1: ['a@1', 'b@1'], 2: ['a@2'] })
  })

  test('that delete everything first: the same, and one that brings nothing says that nothing is there', () => {
    const all = (s: number) => [{ timestamp: at(s), type: 1, id: '' }]
    const updates = [
      { deletions: all(1), entities: [entity('a', 1), entity('b', 1)] },
      { deletions: all(2), entities: [entity('a', 2)] },
      { deletions: all(3), entities: [] },
    ]
    expect(seen(...updates)).toEqual({ 1: ['a@1', 'b@1'], 2: ['a@2'], 3: [] })
  })

  test('that delete single ones: the others stay where they were', () => {
    const updates = [
      { entities: [entity('parked', 1), entity('moving', 1)] },
      { entities: [entity('moving', 2)] },
      { entities: [entity('moving', 3)], deletions: [{ timestamp: at(3), type: 0, id: 'parked' }] },
      { deletions: [{ timestamp: at(4), type: 0, id: 'moving' }] },
    ]
    expect(seen(...updates)).toEqual({
      1: ['parked@1', 'moving@1'],
      2: ['parked@1', 'moving@2'],
      3: ['moving@3'],
      4: [],
    })
  })

  test('a deletion spares what is newer, and what has lived its time is gone', () => {
    const updates = [
      { entities: [entity('short', 1, { lifetimeS: 2 }), entity('new', 5)] },
      { entities: [entity('x', 6)], deletions: [{ timestamp: at(2), id: 'new' }] },
    ]
    expect(seen(...updates)).toEqual({ 5: ['new@5'], 6: ['new@5', 'x@6'] })
  })

  test('an entity in a frame that moves stays where that frame was, unless it is locked to it', () => {
    const timed = [
      { entities: [entity('a', 1, { frame: 'base_link' }), entity('b', 1, { frame: 'base_link', isLocked: true })] },
      { entities: [], deletions: [{ timestamp: at(3), type: 0, id: 'nobody' }] },
    ].map((update, i) => ({ ...sceneUpdate.parse(update), logTimeNs: BigInt(i), ref: { file: 0, at: i, within: 0 } }))
    const last = sceneBoxes(timed).filter(({ stampNs }) => stampNs === 3n * second)
    expect(last.map(({ seenNs }) => seenNs)).toEqual([1n * second, 3n * second])
  })

  test('lines, models and texts have none', () => {
    expect(seen({ entities: [entity('lane', 1, { cubes: 0 })] })).toEqual({})
    const cubes = entity('bus', 2, { cubes: 2 })
    expect(seen({ entities: [entity('lane', 1, { cubes: 0 }), cubes] })).toEqual({ 2: ['bus@2', 'bus/1@2'] })
  })
})
