import { describe, expect, it } from 'vitest'
import { fleet } from '../../pipeline/taxonomies/fleet.js'
import { classIndex, freeIndex } from '../../pipeline/taxonomy.js'
import { faint, nothing, paintClasses, paintOutcomes } from '../../viewer/app/paint.js'
import { outcomePaint, outcomes } from '../../viewer/app/palette.js'

const [free, car, bus, road] = [freeIndex(fleet), ...['car', 'bus', 'drivable'].map((name) => classIndex(fleet, name))]
const rule = { classes: fleet.classes, hidden: new Set<number>(), unobserved: false }
const bytes = (...values: number[]) => Uint8Array.from(values)
const outcome = (name: string, flat = false) =>
  outcomePaint(
    outcomes.findIndex((each) => each.name === name),
    flat,
  )

describe('painting by class', () => {
  it('draws what is observed and occupied, and nothing else', () => {
    const paint = paintClasses(bytes(car, free, bus, 255), bytes(1, 1, 0, 1), rule)
    expect([...paint]).toEqual([car, nothing, nothing, nothing])
  })

  it('draws unobserved voxels faintly when asked, and leaves hidden classes out', () => {
    const paint = paintClasses(bytes(car, bus, bus), bytes(1, 0, 1), {
      ...rule,
      unobserved: true,
      hidden: new Set([car]),
    })
    expect([...paint]).toEqual([nothing, bus | faint, bus])
  })
})

describe('painting by outcome', () => {
  const truth = bytes(car, car, car, free, free, road, car)
  const predicted = bytes(car, bus, free, car, free, road, free)
  const observed = bytes(1, 1, 1, 1, 1, 1, 0)

  it('tells hit, wrong class, miss and false alarm apart, where a sensor looked', () => {
    const names = [
      outcome('hit'),
      outcome('wrong class'),
      outcome('miss'),
      outcome('false alarm'),
      nothing,
      outcome('hit', true),
      nothing,
    ]
    expect([...paintOutcomes(truth, predicted, observed, rule)]).toEqual(names)
  })

  it('keeps an error of a shown class although the other side of it is hidden', () => {
    const [, wrong, miss] = paintOutcomes(truth, predicted, observed, { ...rule, hidden: new Set([car]) })
    expect([wrong, miss]).toEqual([outcome('wrong class'), nothing])
  })
})
