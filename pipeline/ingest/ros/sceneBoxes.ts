import { z } from 'zod'
import type { MessageRef } from './bag.js'
import type { BoxMessage } from './messages.js'
import { frame, pose, time, vector } from './values.js'

/** What stands somewhere until it is replaced, deleted or has lived its time (https://docs.foxglove.dev/docs/sdk/schemas/scene-entity). */
interface SceneEntity extends BoxMessage {
  id: string
  /** 0: until it is replaced or deleted. */
  lifetimeNs: bigint
  /** It moves along with its frame; else it stays where the frame was at its time. */
  isLocked: boolean
}

interface SceneDeletion {
  stampNs: bigint
  /** Null: every entity. */
  id: string | null
}

export interface SceneMessage {
  entities: SceneEntity[]
  deletions: SceneDeletion[]
}

/** Keys under which an entity's metadata may hold its class, the first of them that is there. */
const categoryKeys = ['category', 'class', 'label', 'type']
const entity = z
  .object({
    timestamp: time,
    frame_id: frame,
    id: z.string(),
    lifetime: time.optional(),
    frame_locked: z.boolean().nullish(),
    metadata: z.array(z.object({ key: z.string(), value: z.string() })).nullish(),
    cubes: z.array(z.object({ pose, size: vector })).nullish(),
  })
  .transform(({ timestamp, frame_id, id, lifetime, frame_locked, metadata, cubes }): SceneEntity => {
    const words = new Map(metadata?.map(({ key, value }) => [key.toLowerCase(), value]))
    const category = categoryKeys.map((key) => words.get(key)).find((word) => word !== undefined) ?? ''
    const boxes = (cubes ?? []).map((cube, i) => {
      const trackId = id && i > 0 ? `${id}/${i}` : id
      return { trackId, category, sizeM: cube.size, frameFromBox: cube.pose }
    })
    const isLocked = frame_locked ?? false
    return { id, stampNs: timestamp, frame: frame_id, lifetimeNs: lifetime ?? 0n, isLocked, boxes }
  })

/** `type` 0 deletes the entity of that id, 1 all. */
const deletion = z
  .object({ timestamp: time, type: z.number().nullish(), id: z.string().nullish() })
  .transform(({ timestamp, type, id }): SceneDeletion => ({ stampNs: timestamp, id: type === 1 ? null : (id ?? '') }))

export const sceneUpdate = z
  .object({ entities: z.array(entity).nullish(), deletions: z.array(deletion).nullish() })
  .transform(({ entities, deletions }): SceneMessage => ({ entities: entities ?? [], deletions: deletions ?? [] }))

/** One update of a recording, none of whose times is 0. */
export interface TimedScene extends SceneMessage {
  logTimeNs: bigint
  ref: MessageRef
}

/**
 * The boxes of a topic's updates. Where single entities are deleted, the others are meant to stay: then each update is a time
 * at which all that stand have their boxes. Else each says all there is, as trackers and converters of datasets write it, and
 * an entity that is not in the next one is gone. Empty when no entity has a cube (lines, models).
 */
export function sceneBoxes(updates: readonly TimedScene[]): (BoxMessage & { ref: MessageRef })[] {
  if (!updates.some(({ entities }) => entities.some(({ boxes }) => boxes.length > 0))) return []
  const keepsOthers = updates.some(({ deletions }) => deletions.some(({ id }) => id !== null))
  return keepsOthers ? standing(updates) : updates.flatMap(asWritten)
}

/** An update that only deletes says that there is nothing. */
function asWritten({ entities, deletions, ref }: TimedScene): (BoxMessage & { ref: MessageRef })[] {
  if (entities.length > 0) return entities.filter(({ boxes }) => boxes.length > 0).map((one) => ({ ...one, ref }))
  return deletions.slice(-1).map(({ stampNs }) => ({ stampNs, frame: '', boxes: [], ref }))
}

/** All that stands at the time of each update, those of one time taken together. */
function standing(updates: readonly TimedScene[]): (BoxMessage & { ref: MessageRef })[] {
  const alive = new Map<string, SceneEntity>()
  const byTime = new Map<bigint, (BoxMessage & { ref: MessageRef })[]>()
  for (const { entities, deletions, ref } of [...updates].sort(byTimeOf('logTimeNs'))) {
    for (const { id, stampNs } of deletions)
      for (const one of [...alive.values()])
        if ((id === null || id === one.id) && one.stampNs <= stampNs) alive.delete(one.id)
    for (const one of entities) alive.set(one.id, one)
    const stampNs = [...entities, ...deletions].sort(byTimeOf('stampNs')).at(-1)?.stampNs
    if (stampNs === undefined) continue
    for (const one of [...alive.values()])
      if (one.lifetimeNs > 0n && one.stampNs + one.lifetimeNs <= stampNs) alive.delete(one.id)
    const now = [...alive.values()].map((one) => {
      const seenNs = one.isLocked ? stampNs : one.stampNs
      return { stampNs, seenNs, frame: one.frame, boxes: one.boxes, ref }
    })
    byTime.set(stampNs, now.length > 0 ? now : [{ stampNs, frame: '', boxes: [], ref }])
  }
  return [...byTime.values()].flat()
}

function byTimeOf<Key extends string>(key: Key) {
  return (a: Record<Key, bigint>, b: Record<Key, bigint>) => Number(a[key] - b[key])
}
