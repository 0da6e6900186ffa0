import type { Group } from './groups.js'
import type { LogTrack } from './tracks.js'

/**
 * Classes that a log's frames show, by name; none where they were not counted. Of a piece of a log: those of the whole
 * log, for the count is the log's.
 */
export function classesOf({ observedVoxels }: LogTrack): string[] {
  return Object.entries(observedVoxels ?? {}).flatMap(([name, voxels]) => (voxels > 0 ? [name] : []))
}

/** Rigs and sites that a group shows. */
export function placesOf({ tracks }: Group): string[] {
  return [...new Set(tracks.flatMap(({ rigId, siteId }) => [`rig ${rigId}`, `site ${siteId}`]))]
}

/** Classes that a group shows. */
export function groupClasses({ tracks }: Group): string[] {
  return [...new Set(tracks.flatMap(classesOf).map((name) => `class ${name}`))]
}
