import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError, messageOf } from './errors.js'
import { hashFile, hashFolder } from './hash.js'

/** Something that was left out or changed on the way in, with the reason and where it happened. */
export interface Skip {
  /** What kind of thing: `point`, `sweep`, `box`, `category`, `frame`, `log`. */
  what: string
  /** One sentence. */
  why: string
  /** The first place it happened: file and row. */
  where: string
  count: number
}

export interface Manifest {
  tool: 'occlab'
  version: string
  schemaVersion: number
  stage: string
  /** Hash of everything that decides the outputs: stage, version, config, seed, inputs. */
  key: string
  config: Record<string, unknown>
  seed: number
  /** Path relative to this folder, and content hash, of each input. */
  inputs: Record<string, { path: string; hash: string }>
  outputs: Record<string, { sha256: string; bytes: number }>
  skipped: Skip[]
  /** Facts of the stage that later stages and people read: counts, classes, chosen settings. */
  details: Record<string, unknown>
  /** Hash over key and outputs: the folder's identity in the chain of provenance. */
  hash: string
}

export const manifestFile = 'manifest.json'

/** Reads and checks a stage folder's manifest; with `stage`, also that it is that stage's. Throws DataError. */
export async function readManifest(dir: string, stage?: string): Promise<Manifest> {
  const file = join(dir, manifestFile)
  const expected = `the folder of a finished ${stage ?? 'occlab'} stage`
  let manifest: Manifest
  try {
    manifest = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new DataError('no readable manifest', { file, expected, actual: messageOf(error), cause: error })
  }
  if (manifest.tool !== 'occlab' || !manifest.hash) throw new DataError('not an occlab manifest', { file, expected })
  if (stage && manifest.stage !== stage)
    throw new DataError('another stage wrote this folder', { file, expected, actual: manifest.stage })
  return manifest
}

/** Content hash of an input: a stage folder's manifest hash, else the hash of the file or of all files below. */
export async function hashInput(path: string): Promise<string> {
  if (!existsSync(path)) throw new DataError('no such input', { file: path })
  if (existsSync(join(path, manifestFile))) return (await readManifest(path)).hash
  try {
    return await (statSync(path).isFile() ? hashFile(path) : hashFolder(path))
  } catch (error) {
    throw new DataError('an input cannot be read', { file: path, actual: messageOf(error), cause: error })
  }
}

/** Throws DataError unless the file of a stage folder is, byte for byte, the one that the stage wrote. */
export async function verifyOutput(dir: string, manifest: Manifest, file: string): Promise<void> {
  const path = join(dir, file)
  const expected = manifest.outputs[file]?.sha256
  if (!expected) throw new DataError('not among the outputs of the manifest', { file: path })
  const actual = await hashFile(path).catch((error) => {
    throw new DataError('cannot be read', { file: path, actual: messageOf(error), cause: error })
  })
  if (actual !== expected) throw new DataError('not the bytes that were written', { file: path, expected, actual })
}
