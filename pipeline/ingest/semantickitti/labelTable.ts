import { DataError } from '../../errors.js'

/** SemanticKITTI's label ids and their names, as its `semantic-kitti.yaml` has them (https://arxiv.org/abs/1904.01416). */
const nameById: Readonly<Record<number, string>> = {
  0: 'unlabeled',
  1: 'outlier',
  10: 'car',
  11: 'bicycle',
  13: 'bus',
  15: 'motorcycle',
  16: 'on-rails',
  18: 'truck',
  20: 'other-vehicle',
  30: 'person',
  31: 'bicyclist',
  32: 'motorcyclist',
  40: 'road',
  44: 'parking',
  48: 'sidewalk',
  49: 'other-ground',
  50: 'building',
  51: 'fence',
  52: 'other-structure',
  60: 'lane-marking',
  70: 'vegetation',
  71: 'trunk',
  72: 'terrain',
  80: 'pole',
  81: 'traffic-sign',
  99: 'other-object',
  252: 'moving-car',
  253: 'moving-bicyclist',
  254: 'moving-person',
  255: 'moving-motorcyclist',
  256: 'moving-on-rails',
  257: 'moving-bus',
  258: 'moving-truck',
  259: 'moving-other-vehicle',
}

/** Names by code: a label's code is its place in the table. */
export const labelNames: readonly string[] = Object.values(nameById)

/** Labels of things that were moving; their class is that of the standing ones. */
export const movingLabels: ReadonlySet<string> = new Set(labelNames.filter((name) => name.startsWith('moving-')))

const noCode = 255
const codeById = new Uint8Array(65_536).fill(noCode)
for (const [code, id] of Object.keys(nameById).entries()) codeById[Number(id)] = code

/** Codes of label ids. Throws DataError with the row for an id that SemanticKITTI does not have: another table's labels. */
export function codesOfIds(ids: Uint16Array, file: string): Uint8Array {
  const codes = new Uint8Array(ids.length)
  for (let row = 0; row < ids.length; row++) {
    codes[row] = codeById[ids[row]]
    if (codes[row] !== noCode) continue
    const expected = `one of ${Object.keys(nameById).join(', ')}`
    throw new DataError('a label that SemanticKITTI does not have', {
      file,
      place: `row ${row}`,
      expected,
      actual: `${ids[row]}`,
    })
  }
  return codes
}
