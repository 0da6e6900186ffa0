import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..', '..')
const cache = join(root, 'node_modules', '.cache')
const name = 'occlab-compiled'
const folders = ['pipeline', 'models', 'eval', 'viewer', 'cli']

let compiling: Promise<string> | undefined

/**
 * The checkout's sources as plain JavaScript, for tests that need a process or a thread of their own: vitest's
 * TypeScript lives in the test process only. Returns the folder that holds `pipeline/` and the rest; it lies in
 * `node_modules`, so that packages are found from there. Compiled once for each state of the sources.
 */
export function compiledRoot(): Promise<string> {
  compiling ??= compile()
  return compiling
}

async function compile(): Promise<string> {
  const target = join(cache, `${name}-${stateOfSources()}`)
  if (existsSync(target)) return target
  const partial = `${target}.${process.pid}.partial`
  mkdirSync(partial, { recursive: true })
  await tsc(partial)
  writeFileSync(join(partial, 'package.json'), '{ "type": "module" }\n')
  // Another test process may have been faster: its folder is as good as ours.
  if (existsSync(target)) rmSync(partial, { recursive: true, force: true })
  else renameSync(partial, target)
  removeOld()
  return target
}

function stateOfSources(): string {
  const hash = createHash('sha256')
  for (const folder of folders)
    for (const file of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).sort())
      if (file.endsWith('.ts')) hash.update(`${folder}/${file} ${statSync(join(root, folder, file)).mtimeMs}\n`)
  return hash.digest('hex').slice(0, 12)
}

/** Type errors are the business of `npm run types`; here it is enough that JavaScript comes out. */
async function tsc(outDir: string): Promise<void> {
  const program = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const args = [program, '-p', join(root, 'tsconfig.build.json'), '--outDir', outDir, '--sourceMap', 'false']
  const output = await new Promise<string>((done) => {
    execFile(process.execPath, args, { cwd: root, maxBuffer: 1 << 26 }, (_error, stdout, stderr) =>
      done(stdout + stderr),
    )
  })
  if (!existsSync(join(outDir, 'pipeline', 'stage.js'))) throw new Error(`tsc left no JavaScript: ${output}`)
}

/** Of former states of the sources; those of the last hour may be in use by another run. */
function removeOld(): void {
  for (const entry of readdirSync(cache)) {
    if (!entry.startsWith(name)) continue
    const path = join(cache, entry)
    // Another test process may just have renamed what it compiled.
    const found = statSync(path, { throwIfNoEntry: false })
    if (found && Date.now() - found.mtimeMs > 3_600_000) rmSync(path, { recursive: true, force: true })
  }
}
