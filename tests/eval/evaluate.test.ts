import { join } from 'node:path'
import { beforeAll, expect, test, vi } from 'vitest'
import { auditDefaults, runAudits } from '../../eval/audits/runAudits.js'
import { compareSides, openSides } from '../../eval/compare/compare.js'
import { compareDefaults } from '../../eval/compare/compareTallies.js'
import { evalDefaults, evalPresets } from '../../eval/evalConfig.js'
import { evaluate } from '../../eval/evaluate.js'
import { readMetrics } from '../../eval/metricTable.js'
import { probeDefaults, runProbes } from '../../eval/probes/runProbes.js'
import { contextOf, rowsOf } from '../../eval/tallyRows.js'
import { readTallies, talliesFile } from '../../eval/tallyTable.js'
import { trainDynamics } from '../../models/dynamics/train.js'
import { resolveConfig } from '../../pipeline/config.js'
import { checkCertificate } from '../../pipeline/splits/certificateCheck.js'
import { splitDefaults } from '../../pipeline/splits/config.js'
import { readSplit } from '../../pipeline/splits/readSplit.js'
import { split } from '../../pipeline/splits/split.js'
import { dynamicsInputs, framesPerLog } from '../models/dynamics/trainedRun.js'

beforeAll(() => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
})

const tiny = { horizonsS: [0.1], pastFrames: 2, keepFrames: 1, resamples: 20 }
const configOf = (change = {}) => resolveConfig('eval', evalDefaults, evalPresets, 'tiny', { ...tiny, ...change })

test('a run is scored with its certificate, by frames and not by the name of the split', async () => {
  const inputs = await dynamicsInputs()
  const at = (name: string) => join(inputs.root, name)
  const trained = await trainDynamics({ ...inputs, out: at('dynamics') })
  const folders = { ...inputs, dynamics: at('dynamics') }

  const manifest = await evaluate({ ...folders, out: at('metrics'), config: configOf() })
  const inTest = framesPerLog * (await readSplit(inputs.split)).logs('test').length
  const inTrain = framesPerLog * (await readSplit(inputs.split)).logs('train').length
  expect(manifest.details.trainedFrames).toEqual({
    // Buffer and time between drives are off in this split: all streets are made up at one place and time.
    rules: ['same-frame', 'same-log', 'same-source'],
    scoredFrames: inTest,
    trainedFrames: { latent: inTrain, dynamics: inTrain },
    remark: null,
  })
  const split1 = await checkCertificate(inputs.split)
  for (const name of ['latent', 'dynamics', 'metrics']) expect(await checkCertificate(at(name))).toEqual(split1)
  expect([manifest, trained].map(({ details }) => details.certificate)).toEqual(
    Array(2).fill({ head: split1.head, verdict: 'no leak found by 2 rules (same-log, same-source)' }),
  )

  // A split whose test part is what the models were trained on.
  const config = { ...splitDefaults, shares: [0.4, 0, 0.6], bufferM: 0, neighbourS: 0 }
  const holdOut = (await readSplit(inputs.split)).logs('train')
  const other = at('other split')
  await split({ dataset: inputs.dataset, out: other, config: { ...config, holdOut }, seed: 1, replace: false })
  const again = { ...folders, split: other, out: at('refused') }
  await expect(evaluate({ ...again, config: configOf() })).rejects.toThrow(/latent meet scored ones: same-frame/)
  // The same models, under a third split with no training frame in its test part, whose hash is another, too.
  const apart = at('apart')
  const rest = (await readSplit(inputs.split)).logs('test')
  await split({ dataset: inputs.dataset, out: apart, config: { ...config, holdOut: rest }, seed: 2, replace: false })
  const fine = await evaluate({ ...folders, split: apart, out: at('fine'), config: configOf() })
  expect(fine.details.trainedFrames).toMatchObject({ remark: null })

  // What is kept of each log gives the same rows again, and the same models differ nowhere, under whichever split.
  const { about, tallies } = await readTallies(join(at('metrics'), talliesFile))
  const stored = await readMetrics(join(at('metrics'), 'metrics.parquet'))
  const made = tallies.flatMap((tally) => rowsOf(tally, contextOf(about)))
  expect(made.length).toBeGreaterThan(50)
  for (const row of made) expect(stored).toContainEqual(row)
  const { rows: differences } = compareSides(await openSides(at('metrics'), at('fine')), compareDefaults, 1)
  expect(differences.length).toBeGreaterThan(50)
  for (const { difference, logsLeftOut } of differences) expect([difference ?? 0, logsLeftOut]).toEqual([0, 0])

  await evaluate({ ...again, config: configOf({ allowTrained: true }) })
  const rows = await readMetrics(join(at('refused'), 'metrics.parquet'))
  expect(rows.length).toBeGreaterThan(10)
  for (const { remark } of rows)
    expect(remark).toMatch(/^scored although training frames of the latent meet .* and training frames of the dynamics/)

  const refused = /training frames of the latent meet scored ones/
  const audit = { ...again, out: at('refused audit'), config: auditDefaults }
  await expect(runAudits(audit)).rejects.toThrow(refused)
  const probe = { ...again, out: at('refused probe'), config: { ...probeDefaults, resamples: 20 } }
  await expect(runProbes(probe)).rejects.toThrow(refused)
  await runProbes({ ...probe, config: { ...probe.config, allowTrained: true } })
  const probed = await readMetrics(join(at('refused probe'), 'metrics.parquet'))
  expect(probed.length).toBeGreaterThan(5)
  for (const { remark } of probed) expect(remark).toMatch(/^scored although training frames of the latent meet/)
})
