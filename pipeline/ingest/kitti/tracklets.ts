import { DataError } from '../../errors.js'
import { type Pose, quaternionFromEuler } from '../../pose.js'
import { readWhole } from '../files/wholeFile.js'
import type { Box, BoxSource, CategoryCount } from '../reader.js'
import type { SkipCounter } from '../skipCounter.js'
import type { Turn } from './scans.js'
import { parseXml, type XmlElement } from './xmlTree.js'

/**
 * `tracklet_labels.xml` of a drive: boxes in the LiDAR's frame, standing on `tz`, at the frames' times (format of the raw
 * data's development kit, Geiger et al. 2013, https://doi.org/10.1177/0278364913491297). Only what the left colour camera
 * saw was annotated: beside and behind the car, that there is no box says nothing.
 */
export class Tracklets implements BoxSource {
  readonly timesNs: Float64Array

  private constructor(
    /** By annotated time. */
    private readonly boxes: readonly Box[][],
    timesNs: readonly number[],
    readonly categories: readonly CategoryCount[],
    readonly source: string,
  ) {
    this.timesNs = Float64Array.from(timesNs)
  }

  /**
   * `file` is the path below the log's folder, `turns` the frames' times. Boxes that are none or have no time are dropped
   * and counted. Throws DataError for a file that is not such XML.
   */
  static async read(path: string, file: string, source: string, turns: ReadonlyMap<number, Turn>, skips: SkipCounter) {
    const content = (await readWhole(path)).toString('utf8')
    const frames = framesOf(turns)
    const boxes: Box[][] = frames.map(() => [])
    const indexOf = new Map(frames.map(({ number }, index) => [number, index]))
    const counts = new Map<string, CategoryCount>()
    for (const { box, frame, where } of boxesOf(new TrackletFile(path, content).tracklets(), file)) {
      const index = indexOf.get(frame)
      if (index === undefined || !isBox(box)) {
        const why = index === undefined ? 'no time in the timestamps of its frame' : 'not finite or without volume'
        skips.add('box', why, where)
        continue
      }
      boxes[index].push(box)
      const known = counts.get(box.category)
      if (known) known.count++
      else counts.set(box.category, { name: box.category, where, count: 1 })
    }
    const timesNs = frames.map(({ timeNs }) => timeNs)
    return new Tracklets(boxes, timesNs, [...counts.values()], source)
  }

  at(index: number): Box[] {
    return [...this.boxes[index]]
  }
}

/** Every frame of the drive is annotated, those without a box too. */
function framesOf(turns: ReadonlyMap<number, Turn>): { number: number; timeNs: number }[] {
  const frames: { number: number; timeNs: number }[] = []
  for (const [number, { timeNs }] of turns)
    if (timeNs > (frames.at(-1)?.timeNs ?? -Infinity)) frames.push({ number, timeNs })
  return frames
}

interface FrameBox {
  box: Box
  /** Number of its frame. */
  frame: number
  where: string
}

function boxesOf(tracklets: readonly Tracklet[], file: string): FrameBox[] {
  return tracklets.flatMap(({ category, sizeM, firstFrame, poses }, track) =>
    poses.map((egoFromBox, step) => ({
      box: { trackId: `tracklet-${track}`, category, sizeM, egoFromBox, interiorPoints: null },
      frame: firstFrame + step,
      where: `${file}, tracklet ${track}, pose ${step}`,
    })),
  )
}

function isBox({ sizeM, egoFromBox: { q, t } }: Box): boolean {
  return [...sizeM, ...q, ...t].every(Number.isFinite) && sizeM.every((metres) => metres > 0)
}

interface Tracklet {
  category: string
  sizeM: Box['sizeM']
  firstFrame: number
  /** One a frame from the first one on. */
  poses: Pose[]
}

/** Reads the elements that the format has, and says which one it lacks. */
class TrackletFile {
  constructor(
    private readonly path: string,
    private readonly content: string,
  ) {}

  tracklets(): Tracklet[] {
    const list = this.child(parseXml(this.path, this.content), 'tracklets')
    return this.items(list).map((item) => {
      const heightM = this.number(item, 'h')
      return {
        category: this.child(item, 'objectType').text,
        sizeM: [this.number(item, 'l'), this.number(item, 'w'), heightM],
        firstFrame: this.number(item, 'first_frame'),
        poses: this.items(this.child(item, 'poses')).map((pose) => this.pose(pose, heightM)),
      }
    })
  }

  private pose(item: XmlElement, heightM: number): Pose {
    const [tx, ty, tz, rx, ry, rz] = ['tx', 'ty', 'tz', 'rx', 'ry', 'rz'].map((name) => this.number(item, name))
    return { q: quaternionFromEuler(rz, ry, rx), t: [tx, ty, tz + heightM / 2] }
  }

  /** As many items as the element says it has. */
  private items(list: XmlElement): XmlElement[] {
    const items = list.children.filter(({ name }) => name === 'item')
    const count = this.number(list, 'count')
    if (items.length !== count) throw this.bad(list, `${count} items in <${list.name}>`, `${items.length}`)
    return items
  }

  private number(parent: XmlElement, name: string): number {
    const { text } = this.child(parent, name)
    // Serialisers write nan for what is none: such a box is dropped, not the file.
    const value = text === 'nan' ? Number.NaN : Number(text || 'nothing')
    if (Number.isNaN(value) && text !== 'nan') throw this.bad(parent, `a number in <${name}>`, text || 'nothing')
    return value
  }

  private child(parent: XmlElement, name: string): XmlElement {
    const found = parent.children.find((child) => child.name === name)
    if (found) return found
    throw this.bad(
      parent,
      `<${name}> in <${parent.name}>`,
      parent.children.map((child) => child.name).join(', ') || 'nothing',
    )
  }

  private bad({ at }: XmlElement, expected: string, actual: string): DataError {
    return new DataError('not a tracklet file', { file: this.path, place: `character ${at}`, expected, actual })
  }
}
