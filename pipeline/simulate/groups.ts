import type { BodyName } from './bodies.js'
import type { Station } from './loop.js'
import type { GroupMember, GroupSpot } from './site.js'

function member(body: BodyName, xM: number, yM: number, yawRad = 0, share = 1): GroupMember {
  return { body, xM, yM, yawRad, share }
}

/** Road works along a kerb, 16 m long: x along the road, y away from it. */
export const roadWorks: readonly GroupMember[] = [
  member('cone', -8, -0.9),
  member('cone', -5.5, -1),
  member('cone', -2.5, -1),
  member('cone', 0.5, -1),
  member('cone', 3.5, -1),
  member('cone', 6.5, -1),
  member('cone', 8, -0.4),
  member('excavator', 2.2, 0.5, 0, 0.8),
  member('worker', -1.9, 0.1, 1),
  member('worker', -4.6, 0.5, -2),
  member('worker', 6.6, 0.3, 2.5, 0.7),
  member('debris', -3.3, -0.3, 0.4),
  member('debris', -6.4, 0.3, 1.9),
]

/** An aircraft at its stand and the people and equipment about it; the aircraft's nose at +x. */
export const turnRound: readonly GroupMember[] = [
  member('aircraft', 0, 0, 0, 0.85),
  member('cone', 18.4, 4),
  member('cone', 18.4, -4),
  member('cone', -6, 19.2),
  member('cone', -6, -19.2),
  member('cone', -19.6, 2.5),
  member('cone', -19.6, -2.5),
  member('cone', 4.5, 10.5),
  member('cone', 4.5, -10.5),
  member('tug', 21.4, 0.6, Math.PI, 0.7),
  member('baggageCart', 9.5, -6.5, 0.1),
  member('baggageCart', 6.2, -6.8, 0.1),
  member('tug', 13.4, -6.2, 0.1, 0.8),
  member('truck', -9, -11.5, 1.5, 0.5),
  member('worker', 19.6, 3.2, 1),
  member('worker', 8.2, -4.9, -1),
  member('worker', 3.2, 9.4, 2),
  member('worker', -18.9, 5.2, 0.3, 0.7),
  member('debris', 14.5, 7.5, 0.7, 0.8),
  member('debris', -21, -6.5, 2.2),
  member('debris', 1.5, 14.5, 1.1, 0.6),
]

/** A group in its own frame put at a station of the site. */
export function groupAt(members: readonly GroupMember[], at: Station, when: GroupSpot['when']): GroupSpot {
  const [cos, sin] = [Math.cos(at.yawRad), Math.sin(at.yawRad)]
  const moved = members.map((member) => ({
    ...member,
    xM: at.xM + cos * member.xM - sin * member.yM,
    yM: at.yM + sin * member.xM + cos * member.yM,
    yawRad: at.yawRad + member.yawRad,
  }))
  return { xM: at.xM, yM: at.yM, members: moved, when }
}
