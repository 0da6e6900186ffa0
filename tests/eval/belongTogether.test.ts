import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { refuseStrangeFolders } from '../../eval/belongTogether.js'
import { UsageError } from '../../pipeline/errors.js'
import { tempFolder } from '../support/tempFolder.js'

const hashes = { dataset: 'd'.repeat(64), latent: 'l'.repeat(64) }
const other = 'f'.repeat(64)

/** Folders whose manifests say what they were made of. */
function foldersOf({ dataset = hashes.dataset, latent = hashes.latent, learned = hashes.latent }) {
  const root = tempFolder()
  const write = (name: string, stage: string, inputs: Record<string, string>) => {
    mkdirSync(join(root, name))
    const named = Object.fromEntries(Object.entries(inputs).map(([input, hash]) => [input, { path: '..', hash }]))
    writeFileSync(
      join(root, name, 'manifest.json'),
      JSON.stringify({ tool: 'occlab', hash: 'h', stage, inputs: named }),
    )
    return join(root, name)
  }
  return {
    latents: write('latents', 'encode', { dataset, latent }),
    dynamics: write('dynamics', 'train-dynamics', { latent: learned }),
  }
}

test('folders that were made of each other belong together', async () => {
  await expect(refuseStrangeFolders(foldersOf({}), hashes)).resolves.toBeUndefined()
})

test.each([
  ['the latents are of another dataset', { dataset: other }, 'latents'],
  ['another latent made the latents', { latent: other }, 'latents'],
  ['the dynamics learned another latent', { learned: other }, 'dynamics'],
] as const)('planted: %s', async (problem, change, file) => {
  const folders = foldersOf(change)
  const refused = refuseStrangeFolders(folders, hashes)
  await expect(refused).rejects.toThrow(UsageError)
  await expect(refused).rejects.toMatchObject({ message: expect.stringContaining(problem), file: folders[file] })
})

test('probes ask nothing of dynamics', async () => {
  const { latents } = foldersOf({ learned: other })
  await expect(refuseStrangeFolders({ latents }, hashes)).resolves.toBeUndefined()
})
