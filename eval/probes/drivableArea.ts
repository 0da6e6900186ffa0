import { bitAt } from '../../pipeline/grid.js'
import type { RegressionTask } from './probe.js'

/** Names that taxonomies give to ground that vehicles drive on. */
const drivable = new Set(['drivable', 'driveable_surface', 'road', 'parking', 'apron', 'service_road'])

export const drivableArea: RegressionTask = {
  name: 'drivable_area',
  kind: 'regression',
  question: 'How much of the ground in sight is drivable?',
  shortcut: false,
  unit: 'ratio',
  /** Columns with an observed drivable voxel, over those with an observed one of any ground; null without ground. */
  target({ semantics, observed }, { grid: { dims }, taxonomy }) {
    const isGround = taxonomy.classes.map(({ superclass }) => superclass === 'ground')
    const isDrivable = taxonomy.classes.map(({ name }) => drivable.has(name))
    let [ground, driven] = [0, 0]
    for (let column = 0; column < dims[0] * dims[1]; column++) {
      let seen = 0
      for (let k = column * dims[2]; k < (column + 1) * dims[2]; k++)
        if (isGround[semantics[k]] && bitAt(observed, k)) seen = Math.max(seen, isDrivable[semantics[k]] ? 2 : 1)
      if (seen > 0) ground++
      if (seen === 2) driven++
    }
    return ground === 0 ? null : driven / ground
  },
}
