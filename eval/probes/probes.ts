import { egoSpeed } from './egoSpeed.js'
import { nearestObstacle } from './nearestObstacle.js'
import { pedestrianNear } from './pedestrianNear.js'
import type { Probe } from './probe.js'
import { rigId } from './rigId.js'
import { siteId } from './siteId.js'
import { yawRate } from './yawRate.js'

export const probes = { egoSpeed, yawRate, nearestObstacle, pedestrianNear, rigId, siteId } satisfies Record<
  string,
  Probe
>
