import { existsSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Bf16Measurement } from '../models/engine/bf16.js'
import type { EngineInfo } from '../models/engine/tensorflow.js'
import { messageOf } from '../pipeline/errors.js'
import type { Finding } from '../scripts/setup.mjs'
import type { CommandBody } from './lazyCommand.js'
import { jsonOption } from './options.js'

interface DoctorFlags {
  json: boolean
}

interface Diagnosis {
  ok: boolean
  findings: Finding[]
  engine: EngineInfo | null
  bf16: Bf16Measurement | null
}

export const doctor: CommandBody<DoctorFlags> = {
  builder: (yargs) => yargs.options(jsonOption),
  async handler({ json }) {
    const diagnosis = await diagnose()
    process.stdout.write(json ? `${JSON.stringify(diagnosis)}\n` : diagnosis.findings.map(line).join(''))
    if (diagnosis.ok) return
    const missing = diagnosis.findings.filter(({ ok, needed }) => needed && !ok)
    process.stderr.write(`occlab: missing: ${missing.map(({ name }) => name).join(', ')}\n`)
    process.exitCode = 2
  },
}

/** Looks at everything; nothing that is missing stops it from looking at the rest. */
export async function diagnose(): Promise<Diagnosis> {
  const { survey } = (await import(setupModule())) as typeof import('../scripts/setup.mjs')
  const [surveyed, computing] = [await survey(), await tryEngine()]
  const findings = [...surveyed.filter(({ needed }) => needed), ...computing.findings, memory()]
  findings.push(...surveyed.filter(({ needed }) => !needed))
  const ok = findings.every((finding) => finding.ok || !finding.needed)
  return { ok, findings, engine: computing.engine, bf16: computing.bf16 }
}

/** The set-up's own check list, wherever this file was compiled to. */
function setupModule(): string {
  const file = path.join('scripts', 'setup.mjs')
  const above = (folder: string): string => {
    if (existsSync(path.join(folder, file)) || folder === path.dirname(folder)) return folder
    return above(path.dirname(folder))
  }
  return pathToFileURL(path.join(above(import.meta.dirname), file)).href
}

async function tryEngine(): Promise<{ findings: Finding[]; engine: EngineInfo | null; bf16: Bf16Measurement | null }> {
  try {
    const { engineInfo } = await import('../models/engine/tensorflow.js')
    const { measureBf16 } = await import('../models/engine/bf16.js')
    const [engine, bf16] = [engineInfo(), measureBf16()]
    return { findings: engineFindings(engine, bf16), engine, bf16 }
  } catch (error) {
    const finding = { name: 'engine', ok: false, needed: true, detail: messageOf(error) }
    return { findings: [finding], engine: null, bf16: null }
  }
}

function engineFindings(info: EngineInfo, bf16: Bf16Measurement): Finding[] {
  const { engine, tensorflowVersion, device, threads } = info
  const found = (name: string, detail: string): Finding => ({ name, ok: true, needed: false, detail })
  return [
    { ...found('engine', `${engine}, TensorFlow ${tensorflowVersion}`), needed: true },
    found('device', device),
    found('threads', `${threads} of ${os.availableParallelism()}`),
    found('bfloat16', bf16Verdict(bf16)),
  ]
}

function bf16Verdict({ float32GflopS, bfloat16GflopS, pays }: Bf16Measurement): string {
  const float32 = `float32 ${Math.round(float32GflopS)} GFLOP/s`
  if (bfloat16GflopS === null) return `not available here; ${float32}`
  return `${pays ? 'pays' : 'does not pay'} here: ${Math.round(bfloat16GflopS)} GFLOP/s, ${float32} (3×3 convolution)`
}

function memory(): Finding {
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`
  const detail = `${gigabytes(os.freemem())} free of ${gigabytes(os.totalmem())}`
  return { name: 'memory', ok: true, needed: false, detail }
}

function line({ name, ok, needed, detail }: Finding): string {
  return `${ok ? '✓' : needed ? '✗' : '–'} ${name.padEnd(16)} ${detail}\n`
}
