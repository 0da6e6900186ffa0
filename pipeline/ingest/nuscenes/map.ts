import { statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { DataError } from '../../errors.js'
import { readJsonAs } from '../files/jsonFile.js'
import { GroundMap, type HeightRaster, type Ring } from '../groundMap.js'

const tokens = z.array(z.string())
/** The layers of a map of the expansion that are read (https://www.nuscenes.org/nuscenes#tutorials, map expansion). */
const layers = z.object({
  node: z.array(z.object({ token: z.string(), x: z.number(), y: z.number() })),
  polygon: z.array(
    z.object({
      token: z.string(),
      exterior_node_tokens: tokens,
      holes: z.array(z.object({ node_tokens: tokens })).default([]),
    }),
  ),
  drivable_area: z.array(z.object({ token: z.string(), polygon_tokens: z.array(z.string()) })),
})
type Layers = z.infer<typeof layers>

/** nuScenes is flat: its poses, and so the ground of its maps, have z = 0. */
const flat: HeightRaster = { rows: 1, columns: 1, heightM: new Float32Array(1), cellOf: () => [0, 0] }

/** Where a location's map may lie below the root: as the expansion is unpacked now, and as it was at first. */
export function mapFilesFor(location: string): string[] {
  return [`maps/expansion/${location}.json`, `maps/${location}.json`]
}

const cached = new Map<string, { stamp: string; map: Promise<GroundMap> }>()

/**
 * The drivable areas of a location's vector map, read once a thread as long as the file stays as it is: a location has
 * hundreds of scenes. Throws DataError for a file that is none, and for a polygon or node that has no row.
 */
export function readMap(dir: string, file: string): Promise<GroundMap> {
  const path = join(dir, file)
  const stat = statSync(path, { throwIfNoEntry: false })
  const stamp = `${stat?.size} ${stat?.mtimeMs}`
  const known = cached.get(path)
  if (known?.stamp === stamp) return known.map
  const map = readLayers(path).then((found) => new GroundMap(file, drivableRings(path, found), flat))
  cached.set(path, { stamp, map })
  map.catch(() => cached.delete(path))
  return map
}

async function readLayers(file: string): Promise<Layers> {
  return await readJsonAs(file, layers, 'not a map of the expansion')
}

function drivableRings(file: string, { node, polygon, drivable_area }: Layers): Ring[] {
  const nodes = new Map(node.map(({ token, x, y }) => [token, [x, y, 0]]))
  const polygons = new Map(polygon.map((row) => [row.token, row]))
  const row = <T>(rows: ReadonlyMap<string, T>, token: string, layer: string): T => {
    const found = rows.get(token)
    if (found !== undefined) return found
    throw new DataError('a token without a row', { file, place: layer, actual: token })
  }
  const corners = (nodeTokens: readonly string[]) => nodeTokens.map((token) => row(nodes, token, 'node'))
  // The maps have holes without a node, which cut nothing out.
  const isArea = (nodeTokens: readonly string[]) => nodeTokens.length >= 3
  return drivable_area.flatMap(({ polygon_tokens }) =>
    polygon_tokens.map((token) => {
      const { exterior_node_tokens, holes } = row(polygons, token, 'polygon')
      if (!isArea(exterior_node_tokens))
        throw new DataError('an area of fewer than three corners', { file, place: 'polygon', actual: token })
      const cut = holes.flatMap(({ node_tokens }) => (isArea(node_tokens) ? [corners(node_tokens)] : []))
      return ringWithHoles(corners(exterior_node_tokens), cut)
    }),
  )
}

/**
 * One line around a polygon and its holes: from the first corner to each hole, around it, and back the same way. Under
 * the even–odd rule a way taken twice cancels, and what lies in a hole is outside.
 */
export function ringWithHoles(exterior: readonly number[][], holes: readonly number[][][]): Ring {
  const detours = holes.flatMap((hole) => [exterior[0], ...hole, hole[0]])
  return Float64Array.from([...exterior, ...detours].flat())
}
