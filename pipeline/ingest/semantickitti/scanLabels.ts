import { join } from 'node:path'
import { readWhole, sizeOf } from '../files/wholeFile.js'
import { type PointLabels, pointBytes, type Scan } from '../kitti/scans.js'
import type { SkipCounter } from '../skipCounter.js'
import { codesOfIds, labelNames, movingLabels } from './labelTable.js'

/** Class id in the low 16 bits, instance in the high 16. */
const labelBytes = 4

/** Labels of the points of scans: `labels/NNNNNN.label`, uint32 little-endian, one a point. */
export class ScanLabels implements PointLabels {
  readonly names = labelNames
  readonly moving = movingLabels

  private constructor(
    private readonly dir: string,
    /** Label files by scan file, below the log's folder. */
    private readonly files: ReadonlyMap<string, string>,
  ) {}

  /**
   * The scans that have labels, with them; all scans and no labels when the log has none. Scans whose labels are missing or
   * of another number are left out and counted, and so are labels without a scan.
   */
  static async match(
    dir: string,
    scans: readonly Scan[],
    labelsOf: ReadonlyMap<string, string>,
    strays: readonly string[],
    skips: SkipCounter,
  ): Promise<{ scans: readonly Scan[]; labels: ScanLabels | null }> {
    for (const file of strays) skips.add('label file', 'of a scan that is not there', file)
    if (labelsOf.size === 0) return { scans, labels: null }
    const labelled: Scan[] = []
    for (const scan of scans) {
      const file = labelsOf.get(scan.file)
      const fault = file ? await faultOf(join(dir, scan.file), join(dir, file)) : 'has no labels, while others have'
      if (fault === null) labelled.push(scan)
      else skips.add('sweep', fault, scan.file)
    }
    return { scans: labelled, labels: new ScanLabels(dir, labelsOf) }
  }

  async codes(scanFile: string): Promise<Uint8Array> {
    const file = join(this.dir, this.files.get(scanFile)!)
    const bytes = await readWhole(file)
    const ids = new Uint16Array(Math.floor(bytes.length / labelBytes))
    for (let row = 0; row < ids.length; row++) ids[row] = bytes.readUInt16LE(labelBytes * row)
    return codesOfIds(ids, file)
  }
}

async function faultOf(scan: string, labels: string): Promise<string | null> {
  const points = (await sizeOf(scan)) / pointBytes
  return (await sizeOf(labels)) === labelBytes * points ? null : 'has labels of another number of points'
}
