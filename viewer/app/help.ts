import { element } from './dom.js'
import type { KeyBinding } from './keys.js'

const words = [
  [
    'Panels',
    'Every panel shows the same instant in the same ego frame, from the same camera. The menu in its corner says what.',
  ],
  [
    'Forecast',
    'The forecast of the shown instant, made the chosen horizon before it. Copy and warp are the baselines to beat.',
  ],
  [
    'Numbers',
    'Of the shown frame: observed voxels only, classes that the truth holds. n/a: there was nothing to measure.',
  ],
  [
    'Errors',
    'Grey: hit. Yellow: occupied, but of another class. Blue: missed. Red: false alarm. Only where a sensor looked.',
  ],
  ['Ground', 'Rings every ten metres around the ego; its arrow points forward. Ground classes are drawn flat.'],
] as const

/** The dialog with keys and words. */
export function helpDialog(bindings: readonly KeyBinding[]): HTMLDialogElement {
  const close = element('button', { type: 'button', className: 'quiet', ariaLabel: 'close' }, '×')
  const pair = (name: Node | string, says: string) => [element('dt', {}, name), element('dd', {}, says)]
  const dialog = element(
    'dialog',
    { className: 'help' },
    element('header', {}, element('h2', {}, 'Keys'), close),
    element('dl', {}, ...bindings.flatMap(({ shown, says }) => pair(element('kbd', {}, shown), says))),
    element(
      'p',
      {},
      'Mouse: drag to turn, right-drag to move, wheel to zoom; point at a voxel to read it in every panel.',
    ),
    element('h2', {}, 'What you see'),
    element('dl', { className: 'wide' }, ...words.flatMap(([name, says]) => pair(name, says))),
  )
  close.onclick = () => dialog.close()
  dialog.onclick = (event) => {
    if (event.target === dialog) dialog.close()
  }
  return dialog
}
