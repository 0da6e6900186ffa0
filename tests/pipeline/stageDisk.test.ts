import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { DiskError } from '../../pipeline/errors.js'
import { FrameWriter } from '../../pipeline/frames.js'
import { runStage, type StagePlan, type Work, writeAtomically } from '../../pipeline/stage.js'
import { fleet } from '../../pipeline/taxonomies/fleet.js'
import { frameBody, tagsOf, tinyGrid } from '../support/dataset.js'
import { tempFolder } from '../support/tempFolder.js'

function planFor(target: string): StagePlan {
  return { stage: 'small', target, config: {}, seed: 7, inputs: {} }
}

const noFullDevice = existsSync('/dev/full') ? '' : ' (skipped: no /dev/full here)'
test.skipIf(noFullDevice)(
  `a full disk is a DiskError that names the file; when there is room again, the same plan goes on${noFullDevice}`,
  async () => {
    const target = join(tempFolder(), 'out')
    const stage = (work: Work) => writeAtomically(join(work.dir, 'out.txt'), 'hello\n')
    // The device that is always full stands where the file is written.
    const error = await runStage(planFor(target), async (work) => {
      symlinkSync('/dev/full', join(work.dir, 'out.txt.writing'))
      await stage(work)
    }).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(DiskError)
    expect(error).toMatchObject({ file: target, message: expect.stringContaining('the disk is full') })
    expect(existsSync(target)).toBe(false)
    rmSync(join(`${target}.partial`, 'out.txt.writing'))
    const manifest = await runStage(planFor(target), stage)
    expect(Object.keys(manifest.outputs)).toEqual(['out.txt'])
  },
)

const noMount = whyNoTinyDisk()
test.skipIf(noMount)(`a real disk of 64 KiB: frames fill it, and go on when it has grown${noMount}`, async () => {
  const disk = tempFolder()
  const mount = (options: string) => execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk])
  mount('size=64k')
  onTestFinished(() => {
    execFileSync('umount', [disk])
  })
  const target = join(disk, 'out')
  let runs = 0
  const stage = async (work: Work) => {
    await work.unit('frames', async () => {
      runs++
      const writer = new FrameWriter(join(work.dir, 'frames.arrow'), tinyGrid, fleet, 'test', tagsOf('log'))
      try {
        for (let i = 0; i < 400; i++) writer.write(frameBody(i))
        writer.close()
      } catch (error) {
        writer.abort()
        throw error
      }
      return { files: ['frames.arrow'], result: null }
    })
  }
  const error = await runStage(planFor(target), stage).catch((thrown) => thrown)
  expect(error).toBeInstanceOf(DiskError)
  expect(error).toMatchObject({ file: target, message: expect.stringContaining('the disk is full') })
  expect(existsSync(target)).toBe(false)
  mount('remount,size=16m')
  const manifest = await runStage(planFor(target), stage)
  expect(runs).toBe(2)
  expect(manifest.outputs['frames.arrow'].bytes).toBeGreaterThan(64 * 1024)
})

/** Only root may mount; containers often may not. */
function whyNoTinyDisk(): string {
  const dir = mkdtempSync(join(tmpdir(), 'occlab-mount-'))
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir])
  if (status === 0) spawnSync('umount', [dir])
  rmSync(dir, { recursive: true })
  return status === 0 ? '' : ' (skipped: no right to mount a disk)'
}
