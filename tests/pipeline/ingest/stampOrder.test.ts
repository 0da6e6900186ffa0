import { expect, test } from 'vitest'
import { FindingError } from '../../../pipeline/ingest/checks/findingError.js'
import { StampOrder } from '../../../pipeline/ingest/ros/stampOrder.js'

const startNs = 1_700_000_000_000_000_000n
const ref = (file: number) => ({ file, at: 0, within: 0 })

/** Stamps of a topic at these tenths of a second, each in a file. */
function orderOf(tenths: readonly number[], fileOf: (index: number) => number = () => 0): StampOrder {
  const order = new StampOrder()
  for (const [i, tenth] of tenths.entries())
    order.note('topic /odom', ref(fileOf(i)), startNs + BigInt(tenth) * 100_000_000n)
  return order
}

const refuse = (order: StampOrder) => () => order.refuseSetBack('topic /odom', '/logs/a/drive.mcap')
const count = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

test('a clock that was set back by two seconds is a finding that names topic, stamps and how many are behind', () => {
  // 0 … 4.9 s, then 3 … 7.9 s: at 3.0 … 4.6 s the stamps are more than 0.25 s behind 4.9 s.
  const refused = refuse(orderOf([...count(0, 50), ...count(30, 80)]))
  expect(refused).toThrow(FindingError)
  expect(refused).toThrow(`found ${startNs + 3_000_000_000n} after ${startNs + 4_900_000_000n}; 17 of 100 behind`)
  expect(refused).toThrow('/logs/a/drive.mcap, topic /odom: clock:')
})

test('neighbours that were recorded the wrong way round are sorted, as ever', () => {
  expect(refuse(orderOf(count(0, 100).map((i) => i ^ 1)))).not.toThrow()
})

test('one straggler in a hundred is none too many, two are', () => {
  expect(refuse(orderOf([...count(0, 99), 5]))).not.toThrow()
  expect(refuse(orderOf([...count(0, 98), 5, 6]))).toThrow('2 of 100 behind')
})

test('files of a bag in another order than that of their names', () => {
  expect(refuse(orderOf([...count(50, 100), ...count(0, 50)], (i) => Math.floor(i / 50)))).not.toThrow()
})

test('stamps that are not set, and topics that nobody noted, say nothing', () => {
  const order = orderOf(count(10, 20))
  for (let i = 0; i < 10; i++) order.note('topic /odom', ref(0), 0n)
  expect(refuse(order)).not.toThrow()
  expect(() => order.refuseSetBack('topic /other', '/logs/a/drive.mcap')).not.toThrow()
})
