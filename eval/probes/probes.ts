import { drivableArea } from './drivableArea.js'
import { egoSpeed } from './egoSpeed.js'
import { nearestObstacle } from './nearestObstacle.js'
import { pedestrianNear } from './pedestrianNear.js'
import type { Probe } from './probe.js'
import { rigId } from './rigId.js'
import { siteId } from './siteId.js'
import { weather } from './weather.js'
import { yawRate } from './yawRate.js'

export const probes = {
  egoSpeed,
  yawRate,
  nearestObstacle,
  pedestrianNear,
  drivableArea,
  weather,
  rigId,
  siteId,
} satisfies Record<string, Probe>
