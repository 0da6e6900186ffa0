import { describe, expect, test } from 'vitest'
import { UsageError } from '../../pipeline/errors.js'
import { categories, vocabulary } from '../../pipeline/simulate/categories.js'
import {
  classIndex,
  freeIndex,
  rareIndices,
  type Taxonomy,
  taxonomies,
  taxonomyNamed,
} from '../../pipeline/taxonomy.js'

const all = Object.entries<Taxonomy>(taxonomies)

describe.each(all)('taxonomy %s', (key, taxonomy) => {
  const names = taxonomy.classes.map(({ name }) => name)

  test('goes by the name it is registered under, and fits a byte a voxel', () => {
    expect(taxonomy.name).toBe(key)
    expect(taxonomyNamed(key)).toBe(taxonomy)
    expect(names.length).toBeLessThanOrEqual(255)
  })

  test('names and colours are its own', () => {
    expect(new Set(names).size).toBe(names.length)
    const colours = taxonomy.classes.map(({ colour }) => colour)
    expect(new Set(colours).size).toBe(colours.length)
    for (const colour of colours) expect(colour).toMatch(/^#[0-9a-f]{6}$/)
  })

  test('has one class for empty space, and one for what no table knows', () => {
    expect(taxonomy.classes.filter(({ superclass }) => superclass === 'free').map(({ name }) => name)).toEqual(['free'])
    expect(freeIndex(taxonomy)).toBe(names.indexOf('free'))
    expect(classIndex(taxonomy, 'others')).toBe(names.indexOf('others'))
    expect(rareIndices(taxonomy)).not.toContain(freeIndex(taxonomy))
    expect(rareIndices(taxonomy).length).toBeGreaterThan(0)
  })

  test('every table leads to classes it has, says what drivable areas are, and has no way to `free`', () => {
    expect(Object.keys(taxonomy.vocabularies).length).toBeGreaterThan(0)
    for (const table of Object.values(taxonomy.vocabularies)) {
      expect(Object.keys(table)).toContain('drivable_area')
      for (const name of Object.values(table)) if (name !== null) expect(names).toContain(name)
      expect(Object.values(table)).not.toContain('free')
    }
  })

  test('every category the simulator writes is in its table', () => {
    expect(Object.keys(taxonomy.vocabularies[vocabulary])).toEqual(expect.arrayContaining([...categories]))
    expect(taxonomy.vocabularies[vocabulary].WEATHER).toBeNull()
  })
})

test('two taxonomies with a table for the same vocabulary know the same categories, and leave out the same', () => {
  const vocabularies = new Set(all.flatMap(([, taxonomy]) => Object.keys(taxonomy.vocabularies)))
  for (const name of vocabularies) {
    const tables = all.flatMap(([, { vocabularies: known }]) => (known[name] ? [known[name]] : []))
    for (const table of tables) {
      expect(Object.keys(table).sort()).toEqual(Object.keys(tables[0]).sort())
      const nulls = (of: typeof table) =>
        Object.keys(of)
          .filter((category) => of[category] === null)
          .sort()
      expect(nulls(table)).toEqual(nulls(tables[0]))
    }
  }
})

test('Occ3D-nuScenes: its 18 labels in its order', () => {
  expect(taxonomies['occ3d-nuscenes'].classes.map(({ name }) => name)).toEqual([
    'others',
    'barrier',
    'bicycle',
    'bus',
    'car',
    'construction_vehicle',
    'motorcycle',
    'pedestrian',
    'traffic_cone',
    'trailer',
    'truck',
    'driveable_surface',
    'other_flat',
    'sidewalk',
    'terrain',
    'manmade',
    'vegetation',
    'free',
  ])
})

test('SemanticKITTI: its 20 labels at their indices, ours behind them', () => {
  expect(taxonomies.semantickitti.classes.map(({ name }) => name)).toEqual([
    'free',
    'car',
    'bicycle',
    'motorcycle',
    'truck',
    'other-vehicle',
    'person',
    'bicyclist',
    'motorcyclist',
    'road',
    'parking',
    'sidewalk',
    'other-ground',
    'building',
    'fence',
    'vegetation',
    'trunk',
    'terrain',
    'pole',
    'traffic-sign',
    'others',
  ])
})

test('an unknown taxonomy or class is refused with the ones there are', () => {
  expect(() => taxonomyNamed('plants')).toThrow(UsageError)
  expect(() => taxonomyNamed('plants')).toThrow(Object.keys(taxonomies).join(' | '))
  expect(() => classIndex(taxonomies.fleet, 'unicorn')).toThrow("taxonomy 'fleet' has no class 'unicorn'")
})
