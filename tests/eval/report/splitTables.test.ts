import { expect, test } from 'vitest'
import { splitTables } from '../../../eval/report/sections/splitTables.js'
import { splitDefaults } from '../../../pipeline/splits/config.js'
import { planSplit } from '../../../pipeline/splits/planSplit.js'
import { line, makeTrack } from '../../support/tracks.js'

/** Six streets a kilometre apart, each driven once by its own rig. */
const streets = ['a', 'b', 'c', 'd', 'e', 'f'].map((logId, i) =>
  makeTrack({ logId, rigId: `rig ${logId}`, points: line(10, 0, 1, 1000 * i), startS: 1000 * i }),
)

test('says what buffer and gap took of each part, by number', () => {
  const long = makeTrack({ logId: 'long', points: line(400, 0, 1), stepS: 1 })
  const file = planSplit([long], { ...splitDefaults, rule: 'geographic', regionM: 40, bufferM: 5, neighbourS: 7 }, 1)
  const lost = (kind: 'buffer' | 'gap') =>
    Object.values(file.parts).map(({ leftOut }) => Object.values(leftOut[kind]).reduce((a, b) => a + b, 0))
  const cells = splitTables(file).markup.match(/<td class="num">([\d,]+)<\/td><td class="num">([\d,]+)<\/td><\/tr>/g)!
  expect(cells.map((line) => line.match(/(?<=>)\d+/g)!.map(Number))).toEqual(
    lost('buffer').map((frames, i) => [frames, lost('gap')[i]]),
  )
  expect(lost('gap').reduce((a, b) => a + b, 0)).toBeGreaterThan(0)
})

test('says which logs are in no part, and why', () => {
  const config = { ...splitDefaults, rule: 'rig', shares: [0.5, 0.25, 0.25] }
  const former = planSplit(streets, config, 1)
  const partOf = (logId: string) => former.logs.find((log) => log.logId === logId)!.part
  const other = streets.find(({ logId }) => partOf(logId) !== partOf('a'))!
  // Of one rig with a training log, of one source with a log of another part.
  const bridge = makeTrack({ logId: 'x', rigId: 'rig a', sourceHash: other.sourceHash, points: line(5, 80_000) })
  const empty = makeTrack({ logId: 'y', points: [] })
  const text = splitTables(planSplit([...streets, bridge, empty], config, 2, { former })).markup
  expect(text).toContain('1 log, 5 frames: it touches groups that are in two parts of the former split')
  expect(text).toContain('1 log, 0 frames: it has no frames')
  expect(splitTables(former).markup).not.toContain('In no part besides')
})
