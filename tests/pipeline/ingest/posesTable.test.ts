import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DataError } from '../../../pipeline/errors.js'
import { decimalNs, epochNs } from '../../../pipeline/ingest/files/decimalNs.js'
import { readPosesTable } from '../../../pipeline/ingest/files/posesTable.js'
import { quaternionFromMatrix } from '../../../pipeline/ingest/rotation.js'
import { normalise, quaternionFromEuler, rotationMatrix } from '../../../pipeline/pose.js'
import { stream } from '../../../pipeline/random.js'
import { tempFolder } from '../../support/tempFolder.js'

/** Reads a table that is written for it, with a `times.txt` beside it where one is given. */
async function read(content: string, times?: string) {
  const dir = tempFolder()
  if (times !== undefined) writeFileSync(join(dir, 'times.txt'), times)
  writeFileSync(join(dir, 'poses.txt'), content)
  const { timestampNs, q, t } = await readPosesTable(join(dir, 'poses.txt'))
  return [...timestampNs].map((ns, row) => ({ ns, q: q.map((c) => c[row]), t: t.map((c) => c[row]) }))
}

const quarterTurn = Math.SQRT1_2

describe('TUM', () => {
  test('times are exact to the ns, and qw comes first in ours', async () => {
    const rows = await read('# timestamp tx ty tz qx qy qz qw\n\n1700000000.123456789 1 2 3 0 0 0.6 0.8\r\n')
    expect(rows).toEqual([{ ns: 1_700_000_000_123_456_789n, q: [0.8, 0, 0, 0.6], t: [1, 2, 3] }])
  })

  test('a comment that names another order of the quaternion is an error, not a turn about another axis', async () => {
    const row = '1 0 0 0 1 0 0 0'
    await expect(read(`# timestamp x y z qw qx qy qz\n${row}`)).rejects.toThrow(
      /line 1: .*another order \(expected qx qy qz qw, found qw qx qy qz\)/,
    )
    expect((await read(`# qw qx qy qz of old\n# by a SLAM\n${row}`))[0].q).toEqual([0, 1, 0, 0])
  })

  test('a row with nan stays, for the track to leave out', async () => {
    const rows = await read('1 0 0 0 0 0 0 1\n2 0 0 nan 0 0 0 1\n3 0 0 0 0 0 0 1')
    expect(rows.map(({ t }) => t[2])).toEqual([0, Number.NaN, 0])
  })

  test('a row that is short, or holds a word', async () => {
    await expect(read('1 0 0 0 0 0 0 1\n2 0 0 0 0 0 1')).rejects.toThrow(
      /poses.txt, line 2: .*expected 8 numbers, found 7/,
    )
    await expect(read('1 0 0 0 0 0 0 1\n2 0 0 x 0 0 0 1')).rejects.toThrow(/line 2: not a number .*found x/)
    await expect(read('1 0 0 0 0 0 0 1\nnow 0 0 0 0 0 0 1')).rejects.toThrow(/line 2: not a time .*found now/)
  })
})

describe('KITTI', () => {
  const quarter = '0 -1 0 4 1 0 0 5 0 0 1 6'

  test('a quarter turn to the left, with times beside it', async () => {
    const rows = await read(quarter, '1.036000e-01\n')
    expect(rows[0].ns).toBe(103_600_000n)
    expect(rows[0].t).toEqual([4, 5, 6])
    ;[quarterTurn, 0, 0, quarterTurn].forEach((value, i) => {
      expect(rows[0].q[i]).toBeCloseTo(value, 12)
    })
  })

  test('a row of nan is no pose, and no mistake', async () => {
    const rows = await read(`${quarter}\n${'nan '.repeat(12)}`, '0\n1\n')
    expect(rows[1].q).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN])
  })

  test('times as whole numbers since the epoch, and as a CSV', async () => {
    expect((await read(quarter, '1700000000000000001'))[0].ns).toBe(1_700_000_000_000_000_001n)
    expect((await read(quarter, 'timestamp_us\n17'))[0].ns).toBe(17_000n)
    await expect(read(quarter, 'noon')).rejects.toThrow(/times.txt, line 1: not a time .*found noon/)
  })

  test('without times, or with too few of them', async () => {
    await expect(read(quarter)).rejects.toThrow(/has no times .*times.txt beside it/)
    await expect(read(`${quarter}\n${quarter}`, '0\n')).rejects.toThrow(/times.txt: .*expected 2, .*found 1/)
  })

  test.each([
    ['a reflection', '1 0 0 0 0 1 0 0 0 0 -1 0'],
    ['a scaled rotation', '1.01 0 0 0 0 1.01 0 0 0 0 1.01 0'],
    ['a sheared one', '1 0.01 0 0 0 1 0 0 0 0 1 0'],
    ['a column-major matrix', '0 1 0 -1 0 0 0 0 1 4 5 6'],
  ])('%s is an error with its line', async (_name, matrix) => {
    await expect(read(`${quarter}\n${matrix}`, '0\n1\n')).rejects.toThrow(/line 2: not a rotation/)
  })
})

describe('CSV', () => {
  const pose = { q: [1, 0, 0, 0], t: [1, 2, 3] }

  test.each([
    ['timestamp_ns', '1700000000000000001', 1_700_000_000_000_000_001n],
    ['timestamp_us', '1700000000000001', 1_700_000_000_000_001_000n],
    ['timestamp_ms', '1700000000000.5', 1_700_000_000_000_500_000n],
    ['timestamp_s', '1700000000', 1_700_000_000_000_000_000n],
    ['timestamp', '1700000000000000001', 1_700_000_000_000_000_001n],
    ['timestamp', '1700000000000001', 1_700_000_000_000_001_000n],
    ['timestamp', '12.5', 12_500_000_000n],
  ])('a time in %s: %s', async (column, text, ns) => {
    expect(await read(`${column},x,y,z,qw,qx,qy,qz\n${text},1,2,3,1,0,0,0`)).toEqual([{ ns, ...pose }])
  })

  test('columns in any order, quoted, with semicolons', async () => {
    expect(await read('"qx";"qy";"qz";"qw";"tz_m";"ty_m";"tx_m";"timestamp_s"\n0;0;0;1;3;2;1;5')).toEqual([
      { ns: 5_000_000_000n, ...pose },
    ])
  })

  test('angles in radians and in degrees', async () => {
    const degrees = await read('timestamp_s,x,y,z,roll_deg,pitch_deg,yaw_deg\n5,1,2,3,0,0,90')
    const radians = await read(`timestamp_s,x,y,z,roll,pitch,yaw\n5,1,2,3,0,0,${Math.PI / 2}`)
    expect(degrees).toEqual(radians)
    expect(degrees[0].q[0]).toBeCloseTo(quarterTurn, 12)
    expect(degrees[0].q[3]).toBeCloseTo(quarterTurn, 12)
  })

  test.each([
    ['in a comment, as NumPy writes it', '# timestamp_s,x,y,z,qw,qx,qy,qz\n5,1,2,3,1,0,0,0'],
    ['behind other comments', '# made today\n#timestamp_s; x; y; z; qw; qx; qy; qz\n5; 1; 2; 3; 1; 0; 0; 0'],
    ['with the index of pandas', ',timestamp_s,x,y,z,qw,qx,qy,qz\n0,5,1,2,3,1,0,0,0'],
    ['with a stamp in two columns', '#sec,nsec,x,y,z,qx,qy,qz,qw\n5,0,1,2,3,0,0,0,1'],
  ])('a header %s', async (_name, content) => {
    expect(await read(content)).toEqual([{ ns: 5_000_000_000n, ...pose }])
  })

  test('a stamp in two columns: ns are not digits behind the seconds', async () => {
    const header = 'sec,nsec,x,y,z,qw,qx,qy,qz'
    expect((await read(`${header}\n1700000000,12345678,1,2,3,1,0,0,0`))[0].ns).toBe(1_700_000_000_012_345_678n)
    await expect(read(`${header}\n1700000000,1e3,1,2,3,1,0,0,0`)).rejects.toThrow(/line 2, columns 'sec' and 'nsec'/)
  })

  test.each([
    ['an unknown column', 'timestamp_s,x,y,z,qw,qx,qy,qz,mood', /found .*mood/],
    ['a missing column', 'timestamp_s,x,y,qw,qx,qy,qz', /expected timestamp_ns .* x y z .* qw qx qy qz .*found/],
    ['two times', 'timestamp_s,timestamp_ns,x,y,z,qw,qx,qy,qz', /one time/],
    ['a column twice', 'timestamp_s,x,x,y,z,qw,qx,qy,qz', /one time/],
    ['two rotations', 'timestamp_s,x,y,z,qw,qx,qy,qz,roll,pitch,yaw', /one time/],
  ])('%s lists what was found and expected', async (_name, header, says) => {
    const bad = read(`${header}\n${header.replace(/[^,]+/g, '1')}`)
    await expect(bad).rejects.toThrow(DataError)
    await expect(bad).rejects.toThrow(says)
    await expect(bad).rejects.toThrow(/line 1/)
  })

  test('a cell too many, an empty one, a time whose unit cannot be told', async () => {
    const header = 'timestamp,x,y,z,qw,qx,qy,qz'
    await expect(read(`${header}\n1.5,1,2,3,1,0,0,0,9`)).rejects.toThrow(/line 2: .*expected 8 columns, found 9/)
    await expect(read(`${header}\n1.5,1,,3,1,0,0,0`)).rejects.toThrow(/line 2, column 'y': not a number/)
    await expect(read(`${header}\n150,1,2,3,1,0,0,0`)).rejects.toThrow(
      /line 2, column 'timestamp': .*name the column by/,
    )
  })
})

test('neither of them, nor an empty file', async () => {
  await expect(read('1 2 3\n')).rejects.toThrow(/line 1: not a poses table .*found 1 2 3/)
  await expect(read('# nothing\n')).rejects.toThrow(/no poses/)
  await expect(readPosesTable(join(tempFolder(), 'none.txt'))).rejects.toThrow(/cannot be read/)
})

test('decimal text to ns: exponents, rounding, what is no time', () => {
  expect(decimalNs('1.700000000123456716e+09', 's')).toBe(1_700_000_000_123_456_716n)
  expect(decimalNs('0.0000000014', 's')).toBe(1n)
  expect(decimalNs('0.0000000015', 's')).toBe(2n)
  expect(decimalNs('-1.5', 'ns')).toBe(-2n)
  expect(decimalNs('9223372036854775807', 'ns')).toBe(2n ** 63n - 1n)
  for (const text of ['9223372036854775808', '1e99', '', 'NaN', '1,5', '0x10', '--1', '1'.repeat(70)])
    expect([text, decimalNs(text, 'ns')]).toEqual([text, null])
  expect(epochNs('315966265259836000')).toBe(315_966_265_259_836_000n)
  for (const text of [
    '000123',
    '0000000012',
    '17000000000',
    '20240131123000',
    '015966265259836000',
    '1.5e3',
    '.5',
    '-1.5',
  ])
    expect([text, epochNs(text)]).toEqual([text, null])
})

const seed = 4711
test(`random poses are the same from every format (seed ${seed})`, async () => {
  const random = stream(seed, 'posesTable')
  const angle = () => random.uniform(-Math.PI, Math.PI)
  const rows = Array.from({ length: 200 }, (_, i) => ({
    ns: 1_700_000_000_000_000_000n + BigInt(i) * 100_000_007n,
    q: normalise(quaternionFromEuler(angle(), angle(), angle())),
    t: [0, 1, 2].map(() => random.uniform(-1000, 1000)),
  }))
  const seconds = (ns: bigint) => `${ns / 1_000_000_000n}.${String(ns % 1_000_000_000n).padStart(9, '0')}`
  const tum = await read(rows.map(({ ns, q: [w, x, y, z], t }) => [seconds(ns), ...t, x, y, z, w].join(' ')).join('\n'))
  const csv = await read(
    ['timestamp_ns,tx,ty,tz,qw,qx,qy,qz', ...rows.map(({ ns, q, t }) => [ns, ...t, ...q].join())].join('\n'),
  )
  const matrices = rows.map(({ q, t }) => {
    const m = rotationMatrix(q)
    return [0, 1, 2].flatMap((i) => [...m.subarray(3 * i, 3 * i + 3), t[i]]).join(' ')
  })
  const kitti = await read(matrices.join('\n'), rows.map(({ ns }) => seconds(ns)).join('\n'))
  expect(tum).toEqual(rows)
  expect(csv).toEqual(rows)
  rows.forEach(({ ns, q, t }, i) => {
    expect([kitti[i].ns, kitti[i].t]).toEqual([ns, t])
    const dot = q.reduce((sum, value, j) => sum + value * kitti[i].q[j], 0)
    expect(Math.abs(dot)).toBeCloseTo(1, 9)
  })
})

test('a matrix that turns by half a turn about each axis: every branch of the conversion', () => {
  const halfTurns = [
    [1, 0, 0, 0, -1, 0, 0, 0, -1],
    [-1, 0, 0, 0, 1, 0, 0, 0, -1],
    [-1, 0, 0, 0, -1, 0, 0, 0, 1],
  ]
  expect(halfTurns.map((m) => quaternionFromMatrix(m)?.map(Math.abs))).toEqual([
    [0, 1, 0, 0],
    [0, 0, 1, 0],
    [0, 0, 0, 1],
  ])
})
