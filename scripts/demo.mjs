/** `npm run demo`: all set-up, then `occlab demo` with the same arguments. */
import { spawn } from 'node:child_process'
import path from 'node:path'
import { setup } from './setup.mjs'
import { SetupError } from './setupError.mjs'

try {
  await setup()
} catch (error) {
  console.error(error instanceof SetupError ? `occlab setup: ${error.message}` : error)
  process.exit(error instanceof SetupError ? error.exitCode : 1)
}

const main = path.resolve(import.meta.dirname, '..', 'dist', 'cli', 'main.js')
const child = spawn(process.execPath, [main, 'demo', ...process.argv.slice(2)], { stdio: 'inherit' })
// The child decides how to end: it keeps what is finished, then leaves with 130.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('close', (code) => process.exit(code ?? 1))
