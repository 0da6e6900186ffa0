import { grids } from '../../grid.js'
import type { GridFiles } from './voxelFiles.js'

/** So many of a log's grids are looked at, from its first to its last. */
const looked = 64
/** Below the road more is out of sight than above it; where less than this share of what is in the next layer is, that is sky. */
const skyShare = 0.5

/**
 * Whether a log's voxels are those of 2019, each one place too far back in every file: the tool that wrote them counted before it
 * wrote (https://github.com/PRBonn/semantic-kitti-api/issues/49; the data of 2020, version 1.1, have it right). z is fastest, so
 * all but the top layer look one layer too high, and the top layer of a column is the lowest of the next one.
 *
 * The files do not say their version, but their lowest layer does. From −2 m up it lies in and below the road, and most of it
 * is `.invalid`, seen by no scan; of shifted files it is the top layer, from 4.2 m up, which nearly every scan sees. Without
 * `.invalid`, hits tell: roads have slopes and put some into the lowest layer, and no ray of the scanner gets as high as the top one.
 */
export async function areShifted(
  found: readonly GridFiles[],
  bytes: (file: string, kind: '.bin' | '.invalid') => Promise<Uint8Array>,
): Promise<boolean> {
  const [hits, denied] = [new LowestLayers(), new LowestLayers()]
  for (const files of spread(found)) {
    if (files['.bin']) hits.add(await bytes(files['.bin'], '.bin'))
    if (files['.invalid']) denied.add(await bytes(files['.invalid'], '.invalid'))
  }
  if (denied.second > 0) return denied.lowest < skyShare * denied.second
  return hits.lowest === 0 && hits.second > 0
}

function spread(found: readonly GridFiles[]): readonly GridFiles[] {
  if (found.length <= looked) return found
  return Array.from({ length: looked }, (_, n) => found[Math.floor((n * (found.length - 1)) / (looked - 1))])
}

/** Set voxels in the two lowest layers of files: the two highest bits of every column's first byte. */
class LowestLayers {
  lowest = 0
  second = 0

  add(bytes: Uint8Array): void {
    const columnBytes = grids.semantickitti.dims[2] / 8
    for (let at = 0; at < bytes.length; at += columnBytes) {
      this.lowest += bytes[at] >> 7
      this.second += (bytes[at] >> 6) & 1
    }
  }
}
