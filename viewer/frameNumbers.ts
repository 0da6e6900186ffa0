import type { Dataset } from '../pipeline/dataset.js'

/**
 * The frame indices of a log, in row order. They ascend, so when the last is as far from the first as there are rows,
 * nothing is missing between them and two frames are read; only a log with gaps is read through.
 */
export async function frameNumbers(dataset: Dataset, logId: string): Promise<number[]> {
  const start = dataset.firstFrame.get(logId)!
  const count = dataset.logs.find((log) => log.logId === logId)!.frames
  if (count === 0) return []
  const { frameIndex: first } = await dataset.frame(start)
  const { frameIndex: last } = await dataset.frame(start + count - 1)
  if (last - first === count - 1) return Array.from({ length: count }, (_, row) => first + row)
  const numbers: number[] = []
  for await (const { frameIndex } of dataset.frames(logId)) numbers.push(frameIndex)
  return numbers
}
