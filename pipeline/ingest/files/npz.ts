import { DataError } from '../../errors.js'
import { type NpyArray, parseNpy } from './npy.js'
import { openZip } from './zip.js'

/** An open archive of named arrays. */
export interface Npz {
  /** Without the ending `.npy` that they have in the archive. */
  readonly names: readonly string[]
  /** Throws DataError that names file and entry: none of that name, damaged, or an array that `parseNpy` refuses. */
  read(name: string): Promise<NpyArray>
  close(): Promise<void>
}

/**
 * Opens a `.npz`: a zip of `.npy` files (https://numpy.org/doc/stable/reference/generated/numpy.savez.html). Only the
 * arrays that are asked for are read. Throws DataError for a file that is none.
 */
export async function openNpz(file: string): Promise<Npz> {
  const zip = await openZip(file)
  const entryOf = new Map(zip.names.map((entry) => [entry.replace(/\.npy$/, ''), entry]))
  if (entryOf.size < zip.names.length) {
    await zip.close()
    throw new DataError('two arrays have one name', { file, actual: zip.names.join(', ') })
  }
  return {
    names: [...entryOf.keys()],
    read: async (name) => parseNpy(await zip.read(entryOf.get(name) ?? name), file, name),
    close: () => zip.close(),
  }
}
