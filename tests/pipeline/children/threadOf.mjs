import { threadId } from 'node:worker_threads'

/** Work for a pool: the number of the thread that it runs in, after a while; 99 ends the thread. */
export async function threadOf({ value }) {
  if (value === 99) process.exit(3)
  await new Promise((done) => setTimeout(done, 50))
  return threadId
}
