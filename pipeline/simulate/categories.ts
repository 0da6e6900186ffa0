/** Category names of the vocabulary `occlab-sim`: what annotations carry, and, by index, the `semantic` column. */
export const categories = [
  'ROAD',
  'APRON',
  'SIDEWALK',
  'TERRAIN',
  'BUILDING',
  'VEGETATION',
  'POLE',
  'BARRIER',
  'CAR',
  'TRUCK',
  'BUS',
  'CONSTRUCTION_VEHICLE',
  'BICYCLIST',
  'MOTORCYCLIST',
  'PEDESTRIAN',
  'CHILD',
  'WORKER',
  'WHEELCHAIR',
  'ANIMAL',
  'CONE',
  'DEBRIS',
  'TUG',
  'BAGGAGE_CART',
  'AIRCRAFT',
  'WEATHER',
] as const

export type Category = (typeof categories)[number]

/** Name of the vocabulary, as `log.json` states it. */
export const vocabulary = 'occlab-sim'

/** Key of the sweep files' schema metadata that holds `categories` as a JSON list. */
export const semanticNamesKey = 'semantic_names'

/** Index of each category: its code in the `semantic` column. */
export const codeOf = Object.fromEntries(categories.map((name, code) => [name, code])) as Record<Category, number>

/** Share of a near-infrared pulse that comes back from a surface, 0–1; only the intensity column depends on it. */
export const reflectivityOf: Record<Category, number> = {
  ROAD: 0.12,
  APRON: 0.28,
  SIDEWALK: 0.3,
  TERRAIN: 0.35,
  BUILDING: 0.4,
  VEGETATION: 0.5,
  POLE: 0.55,
  BARRIER: 0.6,
  CAR: 0.45,
  TRUCK: 0.5,
  BUS: 0.5,
  CONSTRUCTION_VEHICLE: 0.6,
  BICYCLIST: 0.35,
  MOTORCYCLIST: 0.35,
  PEDESTRIAN: 0.3,
  CHILD: 0.3,
  WORKER: 0.9,
  WHEELCHAIR: 0.35,
  ANIMAL: 0.25,
  CONE: 0.85,
  DEBRIS: 0.2,
  TUG: 0.5,
  BAGGAGE_CART: 0.45,
  AIRCRAFT: 0.7,
  WEATHER: 0.04,
}
