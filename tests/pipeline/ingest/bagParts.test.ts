import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type CloudMessage, type NumberType, numberBytes } from '../../../pipeline/ingest/ros/cloudMessages.js'
import { faultOf, fieldValues, returnsOf } from '../../../pipeline/ingest/ros/cloudPoints.js'
import type { CloudTopic } from '../../../pipeline/ingest/ros/cloudTopics.js'
import { messageTypes } from '../../../pipeline/ingest/ros/messages.js'
import { type AskedUnit, offsetNs, PointTimeSurvey } from '../../../pipeline/ingest/ros/pointTimes.js'
import { planSweeps } from '../../../pipeline/ingest/ros/sweepPlan.js'
import { TransformTree } from '../../../pipeline/ingest/ros/transformTree.js'
import { readMetadata } from '../../../pipeline/ingest/rosbag2/metadata.js'
import { SkipCounter } from '../../../pipeline/ingest/skipCounter.js'
import { identity, poseFromYaw } from '../../../pipeline/pose.js'
import { stream } from '../../../pipeline/random.js'
import { tempFolder } from '../../support/tempFolder.js'

const stampNs = 1_700_000_000_000_000_000n

/** A cloud of points at x = 1 whose only other number is their time. */
function timed(values: readonly number[], name = 'time'): CloudMessage {
  const view = new DataView(new ArrayBuffer(20 * values.length))
  values.forEach((value, p) => {
    view.setFloat32(20 * p, 1, true)
    view.setFloat64(20 * p + 12, value, true)
  })
  const axis = (axisName: string, offset: number) => ({ name: axisName, offset, type: 'float32' as const })
  return {
    stampNs,
    frame: 'lidar',
    frameFromCloud: identity,
    width: values.length,
    height: 1,
    pointStep: 20,
    rowStep: 20 * values.length,
    littleEndian: true,
    dense: true,
    fields: [axis('x', 0), axis('y', 4), axis('z', 8), { name, offset: 12, type: 'float64' }],
    data: new Uint8Array(view.buffer),
  }
}

function clockOf(clouds: readonly CloudMessage[], asked: AskedUnit | null = null, periodS = 0.1) {
  const survey = new PointTimeSurvey('a bag', '/points', asked)
  for (const cloud of clouds) survey.look(cloud, returnsOf(cloud))
  return survey.clock(1e9 * periodS)
}

describe('the unit of point times in clouds 0.1 s apart', () => {
  const told: [string, number[], string, string][] = [
    ['0 to 0.1 is seconds', [0, 0.1], 's', 'stamp'],
    ['−0.1 to 0, stamped at the end, is seconds', [-0.1, 0], 's', 'stamp'],
    ['0 to 99 is milliseconds', [0, 99], 'ms', 'stamp'],
    ['0 to 99,000 is microseconds', [0, 99_000], 'us', 'stamp'],
    ['0 to 99,000,000 is nanoseconds', [0, 99_000_000], 'ns', 'stamp'],
    ['1.7·10⁹ + 0.1 is seconds since the epoch', [1.7e9, 1.7e9 + 0.1], 's', 'epoch'],
    ['1.7·10¹⁸ + 10⁸ is nanoseconds since the epoch', [1.7e18, 1.7e18 + 1e8], 'ns', 'epoch'],
  ]
  test.for(told)('%s', ([, values, unit, since]) => {
    expect(clockOf([timed(values)])).toEqual({ field: 'time', unit, since })
  })

  test('is told from the widest cloud, not from one that saw a single thing', () => {
    expect(clockOf([timed([0.05, 0.0500001]), timed([0, 0.1])])?.unit).toBe('s')
  })

  test('is told from the time between clouds: a second of seconds, or 3 ms of milliseconds', () => {
    expect(clockOf([timed([0, 1])], null, 1)?.unit).toBe('s')
    expect(clockOf([timed([0, 1])], null, 1 / 754)?.unit).toBe('ms')
  })

  test('times that are the same for all points tell nothing, nor does a field of another name', () => {
    expect(clockOf([timed([0, 0, 0])])).toBeNull()
    expect(clockOf([timed([0, 0.1], 'curvature')])).toBeNull()
  })

  test('is refused by name where it is none, or on a clock that is not the stamps’', () => {
    expect(() => clockOf([timed([0, 3])], null)).toThrow("'time' that fit clouds so far apart in no unit")
    expect(() => clockOf([timed([12_345, 12_345.1])])).toThrow('another clock than the stamps')
    expect(clockOf([timed([0, 3])], 'none')).toBeNull()
    expect(clockOf([timed([0, 3])], 'us')?.unit).toBe('us')
  })

  test('a double of seconds since the epoch is taken apart without losing microseconds', () => {
    const clock = { field: 't', unit: 's', since: 'epoch' } as const
    expect(offsetNs(1_700_000_000.05, clock, stampNs)).toBeCloseTo(50_000_000, -3)
    expect(offsetNs(1_699_999_999.95, clock, stampNs)).toBeCloseTo(-50_000_000, -3)
  })
})

describe('a cloud of any layout', () => {
  const types = Object.keys(numberBytes) as NumberType[]
  const write = {
    int8: 'setInt8',
    uint8: 'setUint8',
    int16: 'setInt16',
    uint16: 'setUint16',
    int32: 'setInt32',
    uint32: 'setUint32',
    float32: 'setFloat32',
    float64: 'setFloat64',
  } as const

  test.each([1, 2, 3, 4, 5, 6])('gives back every number that was put into it, seed %i', (seed) => {
    const random = stream(seed, 'cloud layouts')
    const below = (n: number) => random.int(n)
    const fields: CloudMessage['fields'] = []
    let pointStep = below(5)
    for (const name of ['z', 'x', 'ring', 'y']) {
      const type = types[below(types.length)]
      fields.push({ name, offset: pointStep, type })
      pointStep += numberBytes[type] + below(4)
    }
    const [width, height, littleEndian] = [1 + below(7), 1 + below(3), below(2) === 0]
    const rowStep = width * pointStep + below(9)
    const view = new DataView(new ArrayBuffer(rowStep * height))
    const put = new Map<string, number[]>(fields.map(({ name }) => [name, []]))
    for (let p = 0; p < width * height; p++)
      for (const { name, offset, type } of fields) {
        const value = 1 + below(100)
        put.get(name)!.push(value)
        view[write[type]](Math.floor(p / width) * rowStep + (p % width) * pointStep + offset, value, littleEndian)
      }
    const layout = { width, height, pointStep, rowStep, littleEndian, dense: true, fields }
    const cloud = { ...timed([]), ...layout, data: new Uint8Array(view.buffer) }
    expect(faultOf(cloud)).toBeNull()
    for (const field of fields) expect([...fieldValues(cloud, field)]).toEqual(put.get(field.name))
    const { pointsM, count } = returnsOf(cloud)
    expect(count).toBe(width * height)
    expect([...pointsM.subarray(0, 3)]).toEqual(['x', 'y', 'z'].map((name) => put.get(name)![0]))
  })

  test('says what is wrong with one that cannot be read', () => {
    const good = timed([0, 0.1])
    expect(faultOf(good)).toBeNull()
    expect(faultOf({ ...good, fields: good.fields.slice(1) })).toBe('a cloud without a field x of one number')
    expect(faultOf({ ...good, pointStep: 19 })).toBe('a cloud with a field beyond the end of its points')
    expect(faultOf({ ...good, rowStep: 39 })).toBe('a cloud whose rows are shorter than their points')
    expect(faultOf({ ...good, data: good.data.subarray(1) })).toBe('a cloud whose data is shorter than its rows')
  })
})

describe('detections', () => {
  const box = {
    center: { position: { x: 1, y: 2, z: 3 }, orientation: { x: 0, y: 0, z: 0, w: 1 } },
    size: { x: 4, y: 2, z: 1 },
  }
  const header = { stamp: { sec: 7, nanosec: 5 }, frame_id: '/map' }
  const parse = (detection: object) =>
    messageTypes['vision_msgs/Detection3DArray'].parse.parse({ header, detections: [{ bbox: box, ...detection }] })

  test('have the class of the highest score, in old and new versions of the message', () => {
    const hypothesis = (class_id: string, score: number) => ({ hypothesis: { class_id, score } })
    const now = parse({ id: 'a', results: [hypothesis('bus', 0.2), hypothesis('car', 0.8), hypothesis('van', 0.5)] })
    expect(now).toEqual({
      stampNs: 7_000_000_005n,
      frame: 'map',
      boxes: [{ trackId: 'a', category: 'car', sizeM: [4, 2, 1], frameFromBox: { q: [1, 0, 0, 0], t: [1, 2, 3] } }],
    })
    const ros1 = parse({ results: [{ id: 3, score: 0.4 }], tracking_id: 'b' })
    expect([ros1.boxes[0].category, ros1.boxes[0].trackId]).toEqual(['3', 'b'])
    expect(parse({ id: '', results: [] }).boxes[0]).toMatchObject({ category: '', trackId: '' })
  })
})

describe('joining the clouds of several LiDARs', () => {
  const topic = (name: string, timesMs: number[]) =>
    ({ name, clouds: timesMs.map((ms) => ({ stampNs: stampNs + BigInt(ms * 1_000_000) })) }) as unknown as CloudTopic

  test('each goes to the nearest sweep of the reference within half a period; the rest is counted', () => {
    const skips = new SkipCounter()
    const plan = planSweeps([topic('a', [100, 0, 200]), topic('b', [40, 60, 149, 160, 250, 251])], skips)
    const parts = plan.map(({ parts: all }) => all.slice(1).map(({ cloud }) => cloud))
    expect(plan.map(({ stampNs: ns }) => Number(ns - stampNs) / 1e6)).toEqual([0, 100, 200])
    // 40 → 0, 60 and 149 → 100, 160 and 250 → 200; 251 is more than 50 ms from 200.
    expect(parts).toEqual([[0], [1, 2], [3, 4]])
    expect(skips.list('')).toEqual([
      expect.objectContaining({
        what: 'sweep',
        why: "further than half a period from the reference LiDAR's",
        count: 1,
      }),
    ])
  })
})

describe('transforms', () => {
  const tree = () => new TransformTree('a bag')
  const edge = (parent: string, child: string, pose = identity, ns = 0n) => ({ parent, child, stampNs: ns, pose })

  test('lead from frame to frame, up and down: 2 m up, turned left, 1 m ahead', () => {
    const frames = tree()
    frames.add(edge('body', 'base_link', poseFromYaw(0, [0, 0, 0.5])), true)
    frames.add(edge('body', 'mast', poseFromYaw(Math.PI / 2, [0, 0, 2])), true)
    frames.add(edge('mast', 'lidar', poseFromYaw(0, [1, 0, 0])), true)
    const found = frames.fixed('base_link', 'lidar')!
    expect(found.t.map((v) => Math.round(v * 1e9) / 1e9)).toEqual([0, 1, 1.5])
    expect(frames.fixed('base_link', 'base_link')).toEqual(identity)
    expect(frames.fixed('base_link', 'nothing')).toBeNull()
  })

  test('repeated on tf they are fixed as long as they say the same', () => {
    const frames = tree()
    frames.add(edge('base_link', 'lidar', poseFromYaw(0, [1, 0, 0]), 1n), false)
    frames.add(edge('base_link', 'lidar', poseFromYaw(0, [1, 0, 0]), 2n), false)
    expect(frames.fixed('base_link', 'lidar')!.t).toEqual([1, 0, 0])
    frames.add(edge('base_link', 'lidar', poseFromYaw(0, [1.1, 0, 0]), 3n), false)
    expect(frames.fixed('base_link', 'lidar')).toBeNull()
  })

  test('that form no tree are refused, and what is no pose is not taken', () => {
    const frames = tree()
    frames.add(edge('a', 'lidar'), true)
    frames.add(edge('b', 'lidar'), true)
    expect(() => frames.fixed('base_link', 'lidar')).toThrow('frame lidar: a frame with several parents')
    expect(frames.add(edge('a', 'c', { q: [0, 0, 0, 0], t: [0, 0, 0] }), true)).toBe(false)
    expect(frames.add(edge('a', 'c', { q: [1, 0, 0, 0], t: [Number.NaN, 0, 0] }), true)).toBe(false)
  })

  test('that go round in a circle end', () => {
    const frames = tree()
    frames.add(edge('a', 'b'), true)
    frames.add(edge('b', 'a'), true)
    expect(frames.fixed('c', 'a')).toBeNull()
  })
})

describe('metadata.yaml', () => {
  const read = (text: string) => {
    const dir = tempFolder()
    writeFileSync(join(dir, 'metadata.yaml'), text)
    return readMetadata(dir)
  }

  test('of a recorder: storage, parts in their order, compression', async () => {
    const text = `rosbag2_bagfile_information:
  version: 4
  storage_identifier: sqlite3
  relative_file_paths:
    - drive_0.db3
    - "drive_1.db3"
  duration:
    nanoseconds: 5
  topics_with_message_count:
    - topic_metadata:
        name: /x
  compression_format: zstd
  compression_mode: MESSAGE
`
    const files = ['drive_0.db3', 'drive_1.db3']
    expect(await read(text)).toEqual({
      storage: 'sqlite3',
      files,
      compressionFormat: 'zstd',
      compressionMode: 'message',
    })
  })

  test('with its list on one line', async () => {
    const text = 'rosbag2_bagfile_information:\n  storage_identifier: mcap\n  relative_file_paths: [a.mcap, b.mcap]\n'
    expect((await read(text))!.files).toEqual(['a.mcap', 'b.mcap'])
  })

  test('of something else is refused with the key that is missing', async () => {
    await expect(read('name: something\n')).rejects.toThrow('expected rosbag2_bagfile_information')
    await expect(read('rosbag2_bagfile_information:\n  version: 4\n')).rejects.toThrow('storage_identifier')
    const listless = 'rosbag2_bagfile_information:\n  storage_identifier: mcap\n'
    await expect(read(listless)).rejects.toThrow('relative_file_paths')
    expect(await readMetadata(tempFolder())).toBeNull()
  })
})
