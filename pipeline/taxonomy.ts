import { UsageError } from './errors.js'
import { airside } from './taxonomies/airside.js'
import { argoverse2 } from './taxonomies/argoverse2.js'
import { fleet } from './taxonomies/fleet.js'
import { occ3dNuscenes } from './taxonomies/occ3dNuscenes.js'
import { semantickitti } from './taxonomies/semantickitti.js'

/** One class a voxel can have. `rare` marks the classes whose recall is audited on its own. */
export interface VoxelClass {
  name: string
  /** #rrggbb, for the viewer and plots. */
  colour: string
  /** What it is counted under when classes are grouped. */
  superclass: 'ground' | 'structure' | 'vehicle' | 'person' | 'object' | 'free'
  rare: boolean
}

/**
 * The classes of a dataset, in index order, with `free` (seen empty) among them, and for each source vocabulary the
 * table from its category names to our classes. A category mapped to null is left out and counted (the ego's own
 * body); one that no table knows is mapped to `others` and counted.
 */
export interface Taxonomy {
  name: string
  classes: readonly VoxelClass[]
  vocabularies: Readonly<Record<string, Readonly<Record<string, string | null>>>>
}

/** What a dataset carries of its taxonomy: everything but the source tables. */
export type DatasetTaxonomy = Pick<Taxonomy, 'name' | 'classes'>

export const taxonomies = {
  fleet,
  'occ3d-nuscenes': occ3dNuscenes,
  semantickitti,
  argoverse2,
  airside,
} satisfies Record<string, Taxonomy>

export function taxonomyNamed(name: string): Taxonomy {
  const taxonomy = Object.hasOwn(taxonomies, name) ? taxonomies[name as keyof typeof taxonomies] : undefined
  if (!taxonomy) throw new UsageError(`no taxonomy '${name}'`, { expected: Object.keys(taxonomies).join(' | ') })
  return taxonomy
}

/** Index of the class with that name. Throws UsageError that lists the names. */
export function classIndex(taxonomy: DatasetTaxonomy, name: string): number {
  const index = taxonomy.classes.findIndex((c) => c.name === name)
  if (index < 0)
    throw new UsageError(`taxonomy '${taxonomy.name}' has no class '${name}'`, {
      expected: taxonomy.classes.map((c) => c.name).join(', '),
    })
  return index
}

/** Index of the class that means empty space. */
export function freeIndex(taxonomy: DatasetTaxonomy): number {
  return classIndex(taxonomy, 'free')
}

/** Indices of the rare classes. */
export function rareIndices(taxonomy: DatasetTaxonomy): number[] {
  return taxonomy.classes.flatMap((c, index) => (c.rare ? [index] : []))
}
