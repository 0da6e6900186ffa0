import { expect, test } from 'vitest'
import { taxonomies } from '../../../pipeline/taxonomy.js'

test('every name that boxes, points or voxels can have is in the table of every street taxonomy', () => {
  const { fleet, semantickitti, argoverse2, 'occ3d-nuscenes': occ3d } = taxonomies
  const names = Object.keys(occ3d.vocabularies.nuscenes).sort()
  for (const { name } of occ3d.classes) if (name !== 'free') expect(names).toContain(name)
  // 23 categories and the map's area; 9 more of lidarseg; the 17 of Occ3D.
  expect(names).toHaveLength(24 + 9 + 17)
  for (const { vocabularies } of [fleet, semantickitti, argoverse2])
    expect(Object.keys(vocabularies.nuscenes).sort()).toEqual(names)
})

// https://www.nuscenes.org/nuscenes#lidarseg: what its challenge merges, and under which number.
test('lidarseg: the categories of each of the 16 classes of its challenge; of the rest, two are nothing that stands there', () => {
  const merged: Record<number, string[]> = {
    1: ['movable_object.barrier'],
    2: ['vehicle.bicycle'],
    3: ['vehicle.bus.bendy', 'vehicle.bus.rigid'],
    4: ['vehicle.car'],
    5: ['vehicle.construction'],
    6: ['vehicle.motorcycle'],
    7: ['adult', 'child', 'construction_worker', 'police_officer'].map((name) => `human.pedestrian.${name}`),
    8: ['movable_object.trafficcone'],
    9: ['vehicle.trailer'],
    10: ['vehicle.truck'],
    11: ['flat.driveable_surface'],
    12: ['flat.other'],
    13: ['flat.sidewalk'],
    14: ['flat.terrain'],
    15: ['static.manmade'],
    16: ['static.vegetation'],
  }
  const { classes, vocabularies } = taxonomies['occ3d-nuscenes']
  for (const [number, categories] of Object.entries(merged))
    for (const category of categories)
      expect([category, vocabularies.nuscenes[category]]).toEqual([category, classes[Number(number)].name])
  const known = new Set(Object.values(merged).flat())
  const rest = Object.entries(vocabularies.nuscenes).filter(
    ([name]) => /\.|^noise$|^animal$/.test(name) && !known.has(name),
  )
  // 32 categories, of which 20 are merged into the 16.
  expect(rest).toHaveLength(32 - 20)
  expect(
    rest
      .filter(([, name]) => name === null)
      .map(([name]) => name)
      .sort(),
  ).toEqual(['noise', 'vehicle.ego'])
  expect(rest.filter(([, name]) => name === 'others')).toHaveLength(10)
})
