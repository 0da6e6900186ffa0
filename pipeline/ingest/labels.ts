import { byteCounts } from '../arrow/kernels/byteCounts.js'
import { DataError, UsageError } from '../errors.js'
import { classIndex, type Taxonomy, taxonomies } from '../taxonomy.js'
import type { CategoryCount } from './reader.js'
import type { SkipCounter } from './skipCounter.js'

/** Key of the class of the map's drivable areas in a vocabulary's table. */
const drivableArea = 'drivable_area'
/** The vocabulary of logs without categories: every taxonomy has a table for it. */
export const unlabelled = 'unlabelled'
/** Stands for a category whose things are left out of the occupancy. */
export const leftOut = -1

/** Source categories to class indices of one taxonomy. */
export interface Labels {
  /** Class index, or `leftOut`. A category without an entry becomes `others`. */
  classOf(category: string): number
  /** Whether the table has an entry for it. */
  knows(category: string): boolean
  readonly drivable: number
  readonly others: number
}

/** The table of one vocabulary. Throws UsageError when the taxonomy has none for it. */
export function labelsFor(taxonomy: Taxonomy, vocabulary: string): Labels {
  const table = taxonomy.vocabularies[vocabulary]
  if (!table)
    throw new UsageError(`taxonomy '${taxonomy.name}' has no table for the vocabulary '${vocabulary}'`, {
      expected: Object.keys(taxonomy.vocabularies).join(' | '),
    })
  const others = classIndex(taxonomy, 'others')
  const codes = new Map(
    Object.entries(table).map(([category, name]) => [category, name === null ? leftOut : classIndex(taxonomy, name)]),
  )
  return {
    classOf: (category) => codes.get(category) ?? others,
    knows: (category) => codes.has(category),
    drivable: codes.get(drivableArea) ?? others,
    others,
  }
}

/**
 * The vocabulary of a log: the one its source names, if it is one we know; else the only one that knows categories
 * which no other does. Names that several vocabularies share, or none has, say nothing; a log that names nothing, as most
 * recordings of a LiDAR and poses, is unlabelled.
 * Throws DataError when the names point to none or to several.
 */
export function vocabularyOf(stated: string | null, names: readonly string[], file: string): string {
  if (stated !== null && vocabularies.has(stated)) return stated
  if (names.length === 0) return unlabelled
  const told = names.flatMap((name) => {
    const knowing = [...vocabularies].filter(([, known]) => known.has(name))
    return knowing.length === 1 ? [knowing[0][0]] : []
  })
  const candidates = [...new Set(told)]
  if (candidates.length === 1) return candidates[0]
  throw new DataError('the vocabulary of its category names cannot be told; name it as "vocabulary" in log.json', {
    file,
    expected: [...vocabularies.keys()].join(' | '),
    actual: candidates.length === 0 ? `none of ${names.join(', ')}` : candidates.join(' and '),
  })
}

/** The category names of every vocabulary that some taxonomy has a table for. */
const vocabularies: ReadonlyMap<string, ReadonlySet<string>> = namesByVocabulary()

function namesByVocabulary(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const { vocabularies: tables } of Object.values<Taxonomy>(taxonomies))
    for (const [vocabulary, table] of Object.entries(tables))
      found.set(vocabulary, new Set([...(found.get(vocabulary) ?? []), ...Object.keys(table)]))
  return found
}

/** Codes of the labelled things of one file, point by point or voxel by voxel. */
export interface Labelled {
  codes: Uint8Array | Uint16Array
  /** Things; the array may be longer. */
  count: number
  file: string
}

/** The categories that occur, each with its first row, looked for when it is asked for: for `countUnmapped`. */
export function categoryCounts({ codes, count, file }: Labelled, names: readonly string[]): CategoryCount[] {
  const counts = countsOf(codes, count)
  const found: CategoryCount[] = []
  for (let code = 0; code < counts.length; code++) {
    if (counts[code] === 0) continue
    const name = names[code] ?? `code ${code}`
    found.push({
      name,
      count: counts[code],
      get where() {
        return `${file}, row ${codes.indexOf(code)}`
      },
    })
  }
  return found
}

function countsOf(codes: Labelled['codes'], count: number): Uint32Array {
  if (codes instanceof Uint8Array) return byteCounts(codes.subarray(0, count))
  const counts = new Uint32Array(2 ** 16)
  for (let p = 0; p < count; p++) counts[codes[p]]++
  return counts
}

/** Counts the categories that the table leaves out or does not know. `what` is the thing that carries the category. */
export function countUnmapped(labels: Labels, what: string, categories: readonly CategoryCount[], skips: SkipCounter) {
  for (const { name, where, count } of categories) {
    if (!labels.knows(name))
      skips.add('category', `'${name}' of a ${what} is not in the table: became others`, where, count)
    else if (labels.classOf(name) === leftOut) skips.add(what, `'${name}' is left out`, where, count)
  }
}
