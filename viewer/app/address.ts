import { type Kind, kinds, type RunInfo } from '../contract.js'
import type { ViewState } from './viewState.js'

type Address = Pick<ViewState, 'logId' | 'frameIndex' | 'horizonS' | 'panels' | 'colouring'>

/** What the address after the `#` says, as far as the run has it. */
export function readAddress(hash: string, { logs, horizonsS, kinds: shown }: RunInfo): Partial<Address> {
  const query = new URLSearchParams(hash.replace(/^#/, ''))
  const address: Partial<Address> = {}
  const logId = query.get('log')
  if (logId !== null && logs.some((log) => log.logId === logId)) address.logId = logId
  if (/^\d+$/.test(query.get('frame') ?? '')) address.frameIndex = Number(query.get('frame'))
  const horizonS = Number(query.get('horizon'))
  if (horizonsS.includes(horizonS)) address.horizonS = horizonS
  const panels = (query.get('panels') ?? '').split(',').filter((kind) => shown.includes(kind as Kind)) as Kind[]
  if (panels.length > 0) address.panels = panels.slice(0, maximumPanels)
  if (query.get('colours') === 'outcomes') address.colouring = 'outcomes'
  return address
}

/** More panels than this are too narrow to read. */
export const maximumPanels = 4

/** What a new visitor sees. */
export function defaultPanels(shown: readonly Kind[]): Kind[] {
  return kinds.filter((kind) => shown.includes(kind)).slice(0, 3)
}

/** The address of what is on screen: sent to someone, it shows them the same. */
export function writeAddress(state: Address, { kinds: shown }: RunInfo): string {
  const query = new URLSearchParams({ log: state.logId, frame: String(state.frameIndex) })
  if (state.horizonS !== null) query.set('horizon', String(state.horizonS))
  if (state.panels.join() !== defaultPanels(shown).join()) query.set('panels', state.panels.join())
  if (state.colouring === 'outcomes') query.set('colours', 'outcomes')
  return `#${query}`
}
