import {
  Color,
  ColorManagement,
  Group,
  LinearSRGBColorSpace,
  PerspectiveCamera,
  type Ray,
  Raycaster,
  Scene,
  Vector2,
  Vector3,
  WebGLRenderer,
} from 'three'
import { OrbitControls } from 'three/addons/controls/OrbitControls.js'
import type { Grid } from '../../pipeline/grid.js'
import { type CameraName, cameraViews } from './cameraViews.js'
import { marker } from './marker.js'
import { type Ink, rgbOf } from './palette.js'
import type { Surface } from './surface.js'
import { surroundings } from './surroundings.js'
import { VoxelMesh } from './voxelMesh.js'

// Colours are the taxonomy's own bytes from table to screen: nothing here mixes light.
ColorManagement.enabled = false

interface Panel {
  frame: HTMLElement
  scene: Scene
  voxels: VoxelMesh
  around: Group
}

/**
 * One canvas behind all panels and one camera for them: each panel is a viewport of it, so that the panels cannot come
 * apart. Draws on demand only.
 */
export class Stage {
  private readonly renderer: WebGLRenderer
  private readonly camera = new PerspectiveCamera(38, 1, 0.5, 600)
  private readonly controls: OrbitControls
  private readonly marked: Group
  private panels: Panel[] = []
  private scheduled = false
  private reachM: number
  private groundM = 0

  /**
   * @param canvas - covers the panels; it takes the mouse wherever no control lies over it.
   * @param onDrawn - called after each frame that was drawn.
   * @throws Error when the browser has no WebGL 2.
   */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly grid: Grid,
    private readonly onDrawn: () => void,
  ) {
    this.renderer = new WebGLRenderer({ canvas, antialias: true })
    this.renderer.outputColorSpace = LinearSRGBColorSpace
    this.renderer.setScissorTest(true)
    this.renderer.autoClear = false
    this.camera.up.set(0, 0, 1)
    this.controls = new OrbitControls(this.camera, canvas)
    this.controls.maxPolarAngle = 0.485 * Math.PI
    this.controls.minDistance = 4
    this.controls.maxDistance = 400
    this.controls.addEventListener('change', () => this.draw())
    this.reachM = (Math.max(grid.dims[0], grid.dims[1]) * grid.voxelM) / 2
    this.marked = marker(grid.voxelM)
    new ResizeObserver(() => this.draw()).observe(canvas)
    this.look('behind')
  }

  /** @param frames - the element of each panel that its viewport fills, from left to right. */
  setPanels(frames: readonly HTMLElement[]): void {
    for (const { voxels } of this.panels) voxels.dispose()
    this.panels = frames.map((frame) => {
      const [scene, voxels, around] = [new Scene(), new VoxelMesh(this.grid), new Group()]
      scene.add(voxels.mesh, around)
      return { frame, scene, voxels, around }
    })
    this.draw()
  }

  /** Redraws what surrounds the voxels, in the colours of the page as it is now. */
  surround(groundM: number): void {
    this.groundM = groundM
    const style = getComputedStyle(this.canvas)
    const colours = { ego: style.accentColor, lines: style.color }
    for (const { around } of this.panels) {
      around.clear()
      around.add(surroundings(this.grid, groundM, colours))
    }
    this.draw()
  }

  /** @param surface - null leaves the panel empty, for words to stand in. */
  show(panel: number, surface: Surface | null, inks: readonly Ink[]): void {
    const { voxels, around, scene } = this.panels[panel]
    scene.visible = surface !== null
    around.visible = surface !== null
    if (surface) voxels.show(surface, inks, this.background())
    this.draw()
  }

  look(name: CameraName): void {
    const view = cameraViews[name]
    const aspect = this.aspect()
    // A narrow viewport shows less to the sides: step back until the grid fits.
    const back = Math.max(1, 0.92 / aspect)
    const target = new Vector3(...view.target(this.reachM)).setZ(this.groundM)
    const eye = new Vector3(...view.eye(this.reachM)).add(new Vector3(0, 0, this.groundM))
    this.controls.target.copy(target)
    this.camera.position.copy(eye.sub(target).multiplyScalar(back).add(target))
    this.controls.update()
    this.draw()
  }

  zoom(factor: number): void {
    const { target } = this.controls
    this.camera.position.sub(target).multiplyScalar(factor).add(target)
    this.controls.update()
    this.draw()
  }

  /** The ray under a point of the page and the panel it is in; null between panels. */
  rayAt(clientX: number, clientY: number): { panel: number; ray: Ray } | null {
    for (const [panel, { frame }] of this.panels.entries()) {
      const { left, top, width, height } = frame.getBoundingClientRect()
      const [u, v] = [(clientX - left) / width, (clientY - top) / height]
      if (u < 0 || u > 1 || v < 0 || v > 1) continue
      const caster = new Raycaster()
      caster.setFromCamera(new Vector2(2 * u - 1, 1 - 2 * v), this.camera)
      return { panel, ray: caster.ray }
    }
    return null
  }

  /** Puts a frame around one voxel in every panel; null takes it away. */
  mark(voxel: readonly [number, number, number] | null): void {
    this.marked.visible = voxel !== null
    if (voxel) {
      const { originM, voxelM } = this.grid
      const centre = voxel.map((at, axis) => originM[axis] + (at + 0.5) * voxelM)
      this.marked.position.set(centre[0], centre[1], centre[2])
    }
    this.draw()
  }

  draw(): void {
    if (this.scheduled) return
    this.scheduled = true
    requestAnimationFrame(() => {
      this.scheduled = false
      this.drawNow()
      this.onDrawn()
    })
  }

  private drawNow(): void {
    const { left, top, width, height } = this.canvas.getBoundingClientRect()
    this.renderer.setPixelRatio(Math.min(2, window.devicePixelRatio))
    this.renderer.setSize(width, height, false)
    this.renderer.setClearColor(new Color(...this.background().map((byte) => byte / 255)), 1)
    this.camera.aspect = this.aspect()
    this.camera.updateProjectionMatrix()
    for (const { frame, scene } of this.panels) {
      const box = frame.getBoundingClientRect()
      const at = [box.left - left, height - (box.bottom - top), box.width, box.height] as const
      this.renderer.setViewport(...at)
      this.renderer.setScissor(...at)
      this.renderer.clear()
      scene.add(this.marked)
      this.renderer.render(scene, this.camera)
    }
  }

  private aspect(): number {
    const box = this.panels[0]?.frame.getBoundingClientRect()
    return box && box.height > 0 ? box.width / box.height : 1
  }

  private background(): [number, number, number] {
    return rgbOf(getComputedStyle(this.canvas).backgroundColor)
  }
}
