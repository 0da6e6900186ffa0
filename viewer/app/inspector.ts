import type { Ray } from 'three'
import type { RunInfo } from '../contract.js'
import { element } from './dom.js'
import { pickVoxel } from './pick.js'
import type { Shown } from './shown.js'
import type { Stage } from './stage.js'
import { kindNames } from './words.js'

type Voxel = readonly [number, number, number]

/** Says what the voxel under the pointer is in every panel. */
export class Inspector {
  readonly element = element('div', { className: 'inspector', hidden: true, role: 'status' })
  private shown: Shown | null = null
  private paints: readonly (Uint8Array | null)[] = []
  private at: Voxel | null = null

  constructor(
    private readonly run: RunInfo,
    private readonly stage: Stage,
    canvas: HTMLCanvasElement,
  ) {
    canvas.addEventListener('pointermove', (event) => this.pointAt(event))
    canvas.addEventListener('pointerleave', () => this.mark(null))
    canvas.addEventListener('pointerdown', () => this.mark(null))
  }

  /** @param paints - what each panel draws, so that only what is seen can be pointed at. */
  look(shown: Shown, paints: readonly (Uint8Array | null)[]): void {
    this.shown = shown
    this.paints = paints
    this.mark(null)
  }

  private pointAt(event: PointerEvent): void {
    if (event.buttons !== 0) return
    const hit = this.stage.rayAt(event.clientX, event.clientY)
    const paint = hit && this.paints[hit.panel]
    this.mark(hit && paint ? this.voxelOn(hit.ray, paint) : null)
    this.element.style.left = `${Math.min(event.clientX + 14, window.innerWidth - 310)}px`
    this.element.style.top = `${Math.min(event.clientY + 14, window.innerHeight - 130)}px`
  }

  private voxelOn({ origin, direction }: Ray, paint: Uint8Array): Voxel | null {
    const [from, along] = [origin, direction].map(({ x, y, z }) => [x, y, z] as const)
    return pickVoxel(from, along, paint, this.run.grid)
  }

  private mark(voxel: Voxel | null): void {
    if (voxel?.join() === this.at?.join()) return
    this.at = voxel
    this.stage.mark(voxel)
    this.element.hidden = voxel === null
    if (voxel && this.shown) this.element.replaceChildren(...this.lines(voxel, this.shown))
  }

  private lines([x, y, z]: Voxel, { truth, observed, panels }: Shown): HTMLElement[] {
    const { classes, grid } = this.run
    const { originM, voxelM, dims } = grid
    const v = (x * dims[1] + y) * dims[2] + z
    const [ahead, left, up] = [x, y, z].map((at, axis) => originM[axis] + (at + 0.5) * voxelM)
    const name = (index: number) => classes[index]?.name.replaceAll('_', ' ') ?? 'unlabelled'
    const others = panels.filter(({ kind, grid }) => kind !== 'truth' && grid)
    const line = (what: string, says: string) => element('p', {}, element('b', {}, what), ` ${says}`)
    return [
      line('Truth', observed[v] === 1 ? name(truth[v]) : 'not observed'),
      ...others.map(({ kind, grid }) => line(kindNames[kind], name(grid![v]))),
      element(
        'p',
        { className: 'place' },
        `${metres(ahead, 'ahead', 'behind')} · ${metres(left, 'left', 'right')} · ${metres(up, 'up', 'down')}`,
      ),
    ]
  }
}

function metres(value: number, positive: string, negative: string): string {
  return `${Math.abs(value).toFixed(1)} m ${value < 0 ? negative : positive}`
}
