/**
 * `node scripts/kernels.mjs`: compiles `pipeline/ingest/occupancy/kernels/voxels.as.ts` and what it imports to WebAssembly and writes it
 * beside them as `voxels.wasm.ts`, which is committed: only who edits the source needs the compiler, which npx fetches.
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { lastLines, run } from './run.mjs'

const compiler = 'assemblyscript@0.28.20'
const options = ['-O3', '--runtime', 'stub', '--noAssert', '--enable', 'simd']
const folder = path.resolve(import.meta.dirname, '..', 'pipeline', 'ingest', 'occupancy', 'kernels')

/** SHA-256 over names and bytes of the sources: an edited source without a new compile is found by it. */
export function sourceHash() {
  const hash = createHash('sha256')
  const sources = readdirSync(folder).filter((file) => file.endsWith('.as.ts'))
  for (const file of sources.sort()) hash.update(`${file}\n`).update(readFileSync(path.join(folder, file)))
  return hash.digest('hex')
}

async function compile() {
  const scratch = mkdtempSync(path.join(tmpdir(), 'occlab-kernel-'))
  const binary = path.join(scratch, 'voxels.wasm')
  try {
    const asc = ['--yes', '--package', compiler, 'asc']
    const { code, stderr } = await run('npx', [
      ...asc,
      path.join(folder, 'voxels.as.ts'),
      ...options,
      '--outFile',
      binary,
    ])
    if (code !== 0) throw new Error(`the compiler left with ${code}: ${lastLines(stderr, 20)}`)
    const bytes = readFileSync(binary)
    const lines = [
      '// Made by scripts/kernels.mjs from the .as.ts files beside it; not to be edited.',
      `export const sourceSha256 = '${sourceHash()}'`,
      `export const wasmBase64 =\n  '${bytes.toString('base64')}'`,
    ]
    writeFileSync(path.join(folder, 'voxels.wasm.ts'), `${lines.join('\n')}\n`)
    process.stdout.write(`voxels.wasm.ts: ${bytes.length} bytes of WebAssembly\n`)
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await compile()
