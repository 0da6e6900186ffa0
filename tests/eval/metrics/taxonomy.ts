import type { DatasetTaxonomy } from '../../../pipeline/taxonomy.js'

/** Four classes, `free` in the middle so that no test passes by luck of its index: 0 car, 1 child, 2 free, 3 cone. */
export const small: DatasetTaxonomy = {
  name: 'small',
  classes: [
    { name: 'car', colour: '#000000', superclass: 'vehicle', rare: false },
    { name: 'child', colour: '#000000', superclass: 'person', rare: true },
    { name: 'free', colour: '#000000', superclass: 'free', rare: false },
    { name: 'cone', colour: '#000000', superclass: 'object', rare: true },
  ],
}
