/** The parts of a split, in the order of `shares`. */
export const parts = ['train', 'val', 'test'] as const

export type Part = (typeof parts)[number]

/** Where a frame belongs; null: it is left out of every part. */
export type Assignment = (logId: string, frameIndex: number) => Part | null

/** Train for test and test for train: for what treats one of them as it usually treats the other. */
export function mirrored(part: Part): Part {
  return parts[parts.length - 1 - parts.indexOf(part)]
}
