/**
 * Ingests in a process of its own: node ingestChild.mjs <compiled root> <target> <jobs> <folder> …
 * DIE_AFTER=n: dies, as by kill -9, when n logs are done. Prints the manifest's hash.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [root, out, jobs, ...logs] = process.argv.slice(2)
const dieAfter = process.env.DIE_AFTER ? new RegExp(`^ingest +${process.env.DIE_AFTER}/`) : null
const write = process.stderr.write.bind(process.stderr)
process.stderr.write = (text, ...rest) => {
  if (dieAfter?.test(text)) process.kill(process.pid, 'SIGKILL')
  return write(text, ...rest)
}

const load = (path) => import(pathToFileURL(join(root, 'pipeline', 'ingest', path)).href)
const { ingest } = await load('ingest.js')
const { ingestDefaults } = await load('config.js')
const { hash } = await ingest({ logs, out, config: ingestDefaults, jobs: Number(jobs) })
process.stdout.write(`${hash}\n`)
