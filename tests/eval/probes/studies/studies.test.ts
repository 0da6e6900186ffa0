import { describe, expect, test } from 'vitest'
import { association } from '../../../../eval/probes/studies/association.js'
import { cells, labelOf } from '../../../../eval/probes/studies/cells.js'
import { energyHead } from '../../../../eval/probes/studies/energyHead.js'
import { mapChange } from '../../../../eval/probes/studies/mapChange.js'
import { boundNats } from '../../../../eval/probes/studies/mutualInformation.js'
import { retrieval } from '../../../../eval/probes/studies/retrieval.js'
import { riskHead } from '../../../../eval/probes/studies/riskHead.js'
import type { Study, StudyContext } from '../../../../eval/probes/study.js'
import { poseFromYaw } from '../../../../pipeline/pose.js'
import { stream } from '../../../../pipeline/random.js'
import { classIndex } from '../../../../pipeline/taxonomy.js'
import { car, cellAt, contextOf, isTaken, taxonomy, type World } from './madeUp.js'

/** Cars at places that change from frame to frame, by a stream of their own. */
const roaming: World['objectsOf'] = (logId, i) => {
  const rng = stream(11, 'cars', logId, i)
  return ['a', 'b', 'c'].map((id) => car(id, rng.uniform(-13, 13), rng.uniform(-13, 13)))
}
const noise: World['codeOf'] = (_made, _cell, rng) => [rng.normal(), rng.normal(), rng.normal()]

/** Of which only every other frame is in the part: no frame follows another. */
function everyOther(context: StudyContext): StudyContext {
  const partOf = (logId: string, frameIndex: number) => (frameIndex % 2 === 0 ? logId.split('-')[0] : null)
  return { ...context, split: { ...context.split, partOf } as unknown as StudyContext['split'] }
}

async function scoreOf(study: Study, context: StudyContext, model = 'latent'): Promise<number | null> {
  const row = (await study.run(context)).find((candidate) => candidate.model === model)!
  return row.value
}

describe('what a cell tells of itself', () => {
  test('planted: a cell that says whether it is taken is read without a fault', async () => {
    const codeOf: World['codeOf'] = (made, cell, rng) => [isTaken(made, cell) ? 1 : 0, rng.normal(), rng.normal()]
    expect(await scoreOf(cells, contextOf({ objectsOf: roaming, codeOf }))).toBe(1)
  })
  test('noise tells nothing', async () => {
    expect(await scoreOf(cells, contextOf({ objectsOf: roaming, codeOf: noise }))).toBeCloseTo(0.5, 1)
  })
  test('what nobody labelled is neither taken nor free', () => {
    const observed = Uint8Array.of(0b1111)
    const told = (...semantics: number[]) =>
      labelOf({ semantics: Uint8Array.from(semantics), observed }, [2, 2, 1], [1, 1], 0, [true, false])
    expect(told(255, 255, 255, 255)).toBeNull()
    expect(told(255, 1, 255, 255)).toBe(0)
    expect(told(255, 1, 0, 255)).toBe(1)
  })
})

describe('knowing a thing again', () => {
  /** Three cars that swap places from frame to frame: the nearest is never the same. */
  const places = [-8, 0, 8]
  const swapping: World['objectsOf'] = (_log, i) => ['a', 'b', 'c'].map((id, n) => car(id, places[(n + i) % 3], 0))
  const code = { a: 0, b: 1, c: 2 } as Record<string, number>

  test('planted: cells that carry the name of their car find it, where the nearest place does not', async () => {
    const codeOf: World['codeOf'] = ({ objects }, cell) => {
      const own = objects.find(({ egoFromObject: { t } }) => cellAt(t[0], t[1]) === cell)
      return [own ? code[own.trackId] : 9, 0, 0]
    }
    const context = contextOf({ objectsOf: swapping, codeOf })
    expect(await scoreOf(association, context)).toBe(1)
    expect(await scoreOf(association, context, 'nearest')).toBe(0)
  })
  test('frames that do not follow each other ask nothing', async () => {
    const context = contextOf({ objectsOf: swapping, codeOf: noise })
    expect(await scoreOf(association, context)).not.toBeNull()
    expect(await scoreOf(association, everyOther(context))).toBeNull()
  })

  test('without a rival nobody is asked, and the row says so', async () => {
    const context = contextOf({ objectsOf: () => [car('a', 0, 0)], codeOf: noise })
    const [row] = await association.run(context)
    expect(row).toMatchObject({ value: null, count: 0, remark: 'no annotated thing has a rival' })
  })
})

describe('two passes of one road', () => {
  const building = classIndex(taxonomy, 'building')
  /** Logs a and b have a wall where the others have none; all stand at the same place. */
  const groundOf: World['groundOf'] = (logId, semantics) => {
    if (!/-[ab]$/.test(logId)) return
    for (let i = 20; i < 24; i++) for (let j = 8; j < 12; j++) semantics[(i * 32 + j) * 2] = building
  }
  test('planted: latents that differ where the wall is or is not', async () => {
    const codeOf: World['codeOf'] = (made, cell) => [isTaken(made, cell) ? 1 : 0, 0, 0]
    expect(await scoreOf(mapChange, contextOf({ objectsOf: () => [], groundOf, codeOf }))).toBe(1)
  })
  test('a world that is the same has nothing to find', async () => {
    const [row] = await mapChange.run(contextOf({ objectsOf: () => [], codeOf: noise }))
    expect(row).toMatchObject({ value: null, remark: 'all cells are alike' })
  })
})

describe('the risk head', () => {
  /** A car stands ahead in every other frame's place, near enough to be run into. */
  const ahead: World['objectsOf'] = (logId) => (/-[ac]$/.test(logId) ? [car('a', 8, 0)] : [])
  const world = { objectsOf: ahead, speedMps: 4 }
  test('planted: cells that say what stands in them tell the plans that end there; the plan alone does not', async () => {
    const codeOf: World['codeOf'] = (made, cell) => [isTaken(made, cell) ? 1 : 0, 0, 0]
    const context = contextOf({ ...world, codeOf })
    const [latent, alone] = [await scoreOf(riskHead, context), await scoreOf(riskHead, context, 'plan alone')]
    expect(latent!).toBe(1)
    expect(alone!).toBeLessThan(0.98)
  })
  test('a plan is not followed over a gap, in which it might have hit anything', async () => {
    expect(await scoreOf(riskHead, everyOther(contextOf({ ...world, codeOf: noise })))).toBeNull()
  })
  test('noise is no better than the plan alone', async () => {
    const context = contextOf({ ...world, codeOf: noise })
    expect((await scoreOf(riskHead, context))!).toBeLessThan((await scoreOf(riskHead, context, 'plan alone'))! + 0.05)
  })
})

/** Eight logs of 20 rows whose pooled latents are `featureOf`. */
function tabled(featureOf: (log: number, i: number, rng: { normal(): number }) => number[]): StudyContext {
  const context = contextOf({ objectsOf: () => [], codeOf: noise })
  const table = (part: string) => {
    const rows = [0, 1, 2, 3].flatMap((log) => Array.from({ length: 20 }, (_, i) => ({ log, i })))
    const features = Float32Array.from(rows.flatMap(({ log, i }) => featureOf(log, i, stream(9, part, log, i))))
    return {
      ...{ features, width: features.length / 80, logs: rows.map(({ log }) => `${part}-${log}`), targets: [] },
      frames: rows.map(({ i }) => ({ siteId: 's', frameIndex: i, cityFromEgo: poseFromYaw(0, [20 * i, 0, 0]) })),
      present: new Uint8Array(80 * taxonomy.classes.length),
    }
  }
  return { ...context, features: { train: table('train'), test: table('test') } }
}

describe('the energy head', () => {
  test('planted: one feature goes on evenly, three are noise; learned weights find it, plain distance less so', async () => {
    const context = tabled((log, i, rng) => [i + 40 * log, 6 * rng.normal(), 6 * rng.normal(), 6 * rng.normal()])
    const [learned, plain] = [await scoreOf(energyHead, context), await scoreOf(energyHead, context, 'plain distance')]
    expect(learned!).toBeGreaterThan(0.9)
    expect(plain!).toBeLessThan(learned! - 0.1)
  })
  test('noise finds the true future about once in sixteen', async () => {
    expect(
      (await scoreOf(
        energyHead,
        tabled((_log, _i, rng) => [rng.normal(), rng.normal()]),
      ))!,
    ).toBeLessThan(0.25)
  })
})

describe('retrieval', () => {
  test('planted: latents that are places find the place on every other drive', async () => {
    // Frame i of every log stands at 20·i metres. Angles keep all directions apart.
    const rows = await retrieval.run(tabled((_log, i) => [Math.cos(i / 4), Math.sin(i / 4)]))
    const place = rows.filter(({ slice, model }) => slice === 'same_place' && model === 'latent')
    expect(place.map(({ metric, value }) => [metric, value])).toEqual([
      ['map', 1],
      ['recall_at_1', 1],
      ['recall_at_5', 1],
      ['recall_at_10', 1],
    ])
  })
  test('without a rare class there is nothing to find, and the row says so', async () => {
    const rows = await retrieval.run(tabled((_log, i) => [i, 1]))
    expect(rows.find(({ slice }) => slice === 'same_rare_class')).toMatchObject({ value: null, count: 0 })
  })
})

describe('information in nats', () => {
  test('a sure and right probe of two even classes gives ln 2, a guess gives none, and none at all is null', () => {
    expect(boundNats(Float64Array.of(0, 5, 5))).toBeCloseTo(Math.LN2, 12)
    expect(boundNats(Float64Array.of(10 * Math.LN2, 5, 5))).toBeCloseTo(0, 12)
    expect(boundNats(Float64Array.of(0, 0, 0))).toBeNull()
  })
})
