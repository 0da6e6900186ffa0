/** The parts of a split, in the order of `shares`. */
export const parts = ['train', 'val', 'test'] as const

export type Part = (typeof parts)[number]

/** Where a frame belongs; null: it is left out of every part. */
export type Assignment = (logId: string, frameIndex: number) => Part | null
