import type { DatasetTaxonomy } from '../../pipeline/taxonomy.js'

/** What a painted voxel can look like. Colours are sRGB bytes. */
export interface Ink {
  rgb: readonly [number, number, number]
  /** Drawn as a slab at the top of its voxel, so that what stands on the ground touches it. */
  flat: boolean
}

/** How a predicted voxel compares with the truth. */
export const outcomes = [
  { name: 'hit', colour: '#7f8d96', says: 'same class in both' },
  { name: 'wrong class', colour: '#e0a100', says: 'occupied in both, of another class' },
  { name: 'miss', colour: '#2f7fe0', says: 'occupied in truth, predicted free' },
  { name: 'false alarm', colour: '#e0452f', says: 'free in truth, predicted occupied' },
] as const

/** Paint of outcome `index`, for a voxel of a ground class or of another. */
export function outcomePaint(index: number, flat: boolean): number {
  return 2 * index + (flat ? 1 : 0)
}

export function outcomeInks(): Ink[] {
  return outcomes.flatMap(({ colour }) => [
    { rgb: rgbOf(colour), flat: false },
    { rgb: rgbOf(colour), flat: true },
  ])
}

export function classInks(classes: DatasetTaxonomy['classes']): Ink[] {
  return classes.map(({ colour, superclass }) => ({ rgb: rgbOf(colour), flat: superclass === 'ground' }))
}

/** `#rrggbb`, `rgb(…)` or `rgba(…)` to bytes. */
export function rgbOf(colour: string): [number, number, number] {
  if (colour.startsWith('#')) {
    const value = Number.parseInt(colour.slice(1), 16)
    return [value >> 16, (value >> 8) & 255, value & 255]
  }
  const [r, g, b] = (colour.match(/[\d.]+/g) ?? ['0', '0', '0']).map(Number)
  return [r, g, b]
}
