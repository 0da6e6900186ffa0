import type { DatasetTaxonomy } from '../../pipeline/taxonomy.js'
import { groups } from './classGroups.js'

/**
 * Typical longest side of the things of a class, metres, by the names that the taxonomies here use. Measured means where
 * boxes exist (nuScenes: cone 0.41, pedestrian 0.73, bicycle 1.7, motorcycle 2.1, car 4.6, construction vehicle 6.4, truck
 * 6.9, bus 11, trailer 12 m; as in the box codings of 3-D detectors, https://arxiv.org/abs/1908.09492), else what such
 * things measure. `others` has no size.
 */
export const lengthM: Readonly<Record<string, number>> = {
  ...{ traffic_cone: 0.4, cone: 0.4, construction_cone: 0.4, construction_barrel: 0.6, debris: 0.5, fod: 0.3 },
  ...{ animal: 1, dog: 1, child: 0.6, pedestrian: 0.7, person: 0.7, worker: 0.7, official_signaler: 0.7 },
  ...{ stroller: 1, wheelchair: 1.1, wheeled_device: 1.2, mobile_pedestrian_crossing_sign: 0.8 },
  ...{ bicycle: 1.7, bicyclist: 1.7, cycle: 1.9, motorcycle: 2.1, motorcyclist: 2.1, wheeled_rider: 1.9 },
  ...{ car: 4.6, regular_vehicle: 4.6, tug: 3.2, gse: 5, service_vehicle: 5, 'other-vehicle': 6, truck_cab: 6 },
  ...{ construction_vehicle: 6.4, message_board_trailer: 3.5, traffic_light_trailer: 3.5 },
  ...{ truck: 6.9, box_truck: 7.5, large_vehicle: 8, bus: 11, school_bus: 11, articulated_bus: 18 },
  ...{ trailer: 12, vehicular_trailer: 12, railed_vehicle: 20, aircraft: 40 },
}

/** Waymo calls an object large from 7 m on; people, cycles and cones are ours to tell from cars. */
const sizes: Readonly<Record<string, (metres: number) => boolean>> = {
  'under 2.5 m': (metres) => metres < 2.5,
  '2.5–7 m': (metres) => metres >= 2.5 && metres < 7,
  'over 7 m': (metres) => metres >= 7,
}

/** Scores over the classes of things of one size, by the typical longest side of the class, not of the very object. */
export const classSize = groups(
  {
    name: 'classSize',
    what: 'IoU, mIoU, rare recall and each class’s IoU over the classes of things of one size',
    source: 'after Waymo Open Dataset (https://arxiv.org/abs/1912.04838), breakdown by object size; sizes by class',
  },
  ({ classes }: DatasetTaxonomy) =>
    Object.entries(sizes).map(([words, isOf]) => ({
      slice: `size=${words}`,
      members: classes.flatMap(({ name }, index) =>
        Object.hasOwn(lengthM, name) && isOf(lengthM[name]) ? [index] : [],
      ),
    })),
)
