import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const units = 3

/** A stage of three units, each a file, one of them with a skip: the same in a child process and in the test. */
export const smallStage = {
  plan: (target, replace = false) => {
    return { stage: 'small', target, config: { units }, seed: 7, inputs: {}, replace }
  },
  async run(work, onUnit = async () => undefined) {
    for (let unit = 0; unit < units; unit++)
      await work.unit(`unit ${unit}`, async () => {
        const file = `unit-${unit}.txt`
        await writeFile(join(work.dir, file), `content of ${unit}\n`.repeat(1000))
        await onUnit(unit)
        const skipped = unit === 1 ? [{ what: 'point', why: 'too far', where: `unit ${unit}`, count: 5 }] : []
        // The result 0 of the first unit is as good as any other.
        return { files: [file], result: unit, skipped }
      })
    work.skip({ what: 'box', why: 'unknown', where: 'row 3', count: 1 })
    work.detail('units', units)
  },
}
