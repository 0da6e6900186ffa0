import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { eventLoopTurn } from '../../../pipeline/eventLoopTurn.js'
import { collectGarbage, collectOnce } from '../../../pipeline/ingest/collectGarbage.js'
import { scriptWith } from '../../support/scriptWith.js'

/** Makes lists of which a thousand live at any time, and says how much room young objects have afterwards. */
const churn = `
import { getHeapSpaceStatistics } from 'node:v8'
function roomAfterChurn() {
  const living = []
  for (let n = 0; n < 200000; n++) living[n % 1000] = new Array(100).fill(n)
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size / 2 ** 20
}
const release = holdYoungSpace()
const held = roomAfterChurn()
release()
console.log(held, roomAfterChurn())
`

// In a process of its own: in this one V8 may have given all that it gives long ago.
test('the room of young objects stays as it is while it is held, and grows afterwards', async () => {
  const file = await scriptWith('pipeline/ingest/collectGarbage.ts', churn)
  const [heldMib, freeMib] = execFileSync(process.execPath, [file], { encoding: 'utf8' }).split(' ').map(Number)
  expect(freeMib).toBeGreaterThan(3 * heldMib)
})

function lostObject(): WeakRef<object> {
  return new WeakRef({ lost: true })
}

/** Whether what nothing refers to any more is gone after `work`. */
async function isLostAfter(work: () => void): Promise<boolean> {
  const weak = lostObject()
  // Until the turn of the event loop ends, a weak reference keeps what it refers to.
  await eventLoopTurn()
  expect(weak.deref()).toEqual({ lost: true })
  await eventLoopTurn()
  work()
  return weak.deref() === undefined
}

// Before anything else here collects.
test('garbage is collected before the first frame of a thread, and not before each', async () => {
  expect([await isLostAfter(collectOnce), await isLostAfter(collectOnce)]).toEqual([true, false])
})

test('what nothing refers to any more is gone at once', async () => {
  expect(await isLostAfter(collectGarbage)).toBe(true)
})
