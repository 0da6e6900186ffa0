/**
 * `node scripts/kernels.mjs [NAME]`: compiles `<name>.as.ts` of each kernel's folder and what it imports to WebAssembly and writes it
 * beside them as `<name>.wasm.ts`, which is committed: only who edits the source needs the compiler, which npx fetches.
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { lastLines, run } from './run.mjs'

const compiler = 'assemblyscript@0.28.20'
const options = ['-O3', '--runtime', 'stub', '--noAssert', '--enable', 'simd']
// The compiler leaves large functions that are called once where they are; WebAssembly then hands their vectors over in memory.
const optimiser = 'binaryen@132.0.0'
const features = ['simd', 'bulk-memory', 'nontrapping-float-to-int', 'sign-ext', 'mutable-globals']
const root = path.resolve(import.meta.dirname, '..')
/** Folder of each kernel. */
const kernels = {
  voxels: path.join(root, 'pipeline', 'ingest', 'occupancy', 'kernels'),
  columns: path.join(root, 'pipeline', 'arrow', 'kernels'),
  pairs: path.join(root, 'eval', 'metrics', 'kernels'),
  signatures: path.join(root, 'pipeline', 'splits', 'audit', 'kernels'),
}

/** SHA-256 over names and bytes of a kernel's sources: an edited source without a new compile is found by it. */
export function sourceHash(name = 'voxels') {
  const folder = kernels[name]
  const hash = createHash('sha256')
  const sources = readdirSync(folder).filter((file) => file.endsWith('.as.ts'))
  for (const file of sources.sort()) hash.update(`${file}\n`).update(readFileSync(path.join(folder, file)))
  return hash.digest('hex')
}

/** Runs a tool of an npm package. Throws with what it complained of when it fails. */
async function runTool(from, tool, args) {
  const { code, stderr } = await run('npx', ['--yes', '--package', from, tool, ...args])
  if (code !== 0) throw new Error(`${tool} left with ${code}: ${lastLines(stderr, 20)}`)
}

async function compile(name) {
  const folder = kernels[name]
  const scratch = mkdtempSync(path.join(tmpdir(), 'occlab-kernel-'))
  const [compiled, binary] = ['compiled.wasm', 'kernel.wasm'].map((file) => path.join(scratch, file))
  try {
    await runTool(compiler, 'asc', [path.join(folder, `${name}.as.ts`), ...options, '--outFile', compiled])
    await runTool(optimiser, 'wasm-opt', [compiled, ...features.map((f) => `--enable-${f}`), '-O3', '-o', binary])
    const bytes = readFileSync(binary)
    const lines = [
      '// Made by scripts/kernels.mjs from the .as.ts files beside it; not to be edited.',
      `export const sourceSha256 = '${sourceHash(name)}'`,
      `export const wasmBase64 =\n  '${bytes.toString('base64')}'`,
    ]
    writeFileSync(path.join(folder, `${name}.wasm.ts`), `${lines.join('\n')}\n`)
    process.stdout.write(`${name}.wasm.ts: ${bytes.length} bytes of WebAssembly\n`)
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const name of Object.keys(kernels)) if ([undefined, name].includes(process.argv[2])) await compile(name)
