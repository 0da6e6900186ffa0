import { RunData } from './data.js'
import { element } from './dom.js'
import { helpDialog } from './help.js'
import { type KeyBinding, listenToKeys } from './keys.js'
import { onThemeChange, restoreTheme } from './theme.js'
import { Viewer } from './viewer.js'

function bindingsOf(viewer: Viewer): KeyBinding[] {
  const { actions, store, data } = viewer
  const { horizonsS } = data.run
  const now = () => store.now
  return [
    {
      keys: ['ArrowLeft', 'ArrowRight'],
      shown: '← →',
      says: 'one frame back or on',
      run: (key) => viewer.step(key === 'ArrowLeft' ? -1 : 1),
    },
    {
      keys: ['Home', 'End'],
      shown: 'Home End',
      says: 'first or last frame',
      run: (key) => viewer.step(key === 'Home' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY),
    },
    { keys: [' '], shown: 'Space', says: 'play or pause', run: () => actions.timeline.togglePlay() },
    { keys: ['l'], shown: 'l', says: 'next log', run: () => actions.nextLog() },
    ...horizonsS.slice(0, 9).map((horizonS, i) => ({
      keys: [String(i + 1)],
      shown: String(i + 1),
      says: `horizon ${horizonS} s`,
      run: () => actions.horizon(horizonS),
    })),
    {
      keys: ['e'],
      shown: 'e',
      says: 'classes or errors',
      run: () => actions.colouring(now().colouring === 'classes' ? 'outcomes' : 'classes'),
    },
    { keys: ['u'], shown: 'u', says: 'unobserved voxels, faintly', run: () => actions.unobserved(!now().unobserved) },
    { keys: ['a'], shown: 'a', says: 'show all classes again', run: () => actions.legend.showAll() },
    { keys: ['c'], shown: 'c', says: 'next camera', run: () => actions.nextCamera() },
    {
      keys: ['+', '=', '-'],
      shown: '+ −',
      says: 'nearer or further',
      run: (key) => viewer.stage.zoom(key === '-' ? 1.15 : 1 / 1.15),
    },
    ...(viewer.audit ? [{ keys: ['f'], shown: 'f', says: 'findings of the audit', run: () => actions.audit() }] : []),
    { keys: ['t'], shown: 't', says: 'light or dark', run: () => actions.theme() },
    { keys: ['?'], shown: '?', says: 'this help', run: () => actions.help() },
  ]
}

async function start(): Promise<void> {
  restoreTheme()
  const viewer = await Viewer.open(await RunData.open())
  document.title = `${viewer.data.run.name} · occlab viewer`
  const bindings = bindingsOf(viewer)
  const help = helpDialog(bindings)
  viewer.actions.help = () => help.showModal()
  document.body.append(viewer.element, help)
  listenToKeys(bindings)
  onThemeChange(() => viewer.repaint())
  viewer.start()
}

start().catch((error: unknown) => {
  const words = error instanceof Error ? error.message : String(error)
  const hint = /webgl/i.test(words) ? 'This browser offers no WebGL 2, which the voxels are drawn with. ' : ''
  document.body.append(element('p', { className: 'failure' }, `The viewer could not start. ${hint}${words}`))
})
