/**
 * Runs `work` over the items, `lanes` at a time, in order. After a failure no lane takes another item; when all have
 * come to rest the first failure is thrown, so that nothing runs on behind the caller's back.
 */
export async function runLanes<T>(items: readonly T[], lanes: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0
  const failures: unknown[] = []
  const lane = async () => {
    while (next < items.length && failures.length === 0) {
      try {
        await work(items[next++])
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  if (failures.length > 0) throw failures[0]
}
