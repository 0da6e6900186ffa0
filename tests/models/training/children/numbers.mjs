/** A preparer of arrays that hold their request's number; reading takes `readMs`, in which its thread does nothing else. */
export async function openNumbers({ size, errors }) {
  const sleeping = new Int32Array(new SharedArrayBuffer(4))
  return {
    async prepare({ number, readMs = 0, fault }, pool) {
      if (fault === 'exit') process.exit(3)
      if (fault === 'data') throw new (await import(errors)).DataError('damaged', { file: 'a.arrow' })
      if (readMs > 0) Atomics.wait(sleeping, 0, 0, readMs)
      const numbers = new Float32Array(pool.take(4 * size)).fill(number)
      return { value: { numbers }, buffers: [numbers.buffer] }
    },
    close: async () => undefined,
  }
}
