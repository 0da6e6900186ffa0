import {
  BufferAttribute,
  DataTexture,
  GLSL3,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  NearestFilter,
  ShaderMaterial,
  Vector3,
} from 'three'
import type { Grid } from '../../pipeline/grid.js'
import type { Ink } from './palette.js'
import type { Surface } from './surface.js'

// three.js declares `position` and the two matrices itself.
const vertexShader = /* glsl */ `
in float face;
in vec2 corner;
in vec4 cell;
uniform sampler2D inks;
uniform vec3 origin;
uniform float voxel;
uniform vec3 background;
out vec3 colour;
out vec2 onFace;
out float shade;

void main() {
  uint bits = uint(cell.w);
  uint paint = bits & 0x3fu;
  bool isFaint = (bits & 0x40u) != 0u;
  uint open = (bits >> 8) & 0x1fu;
  if ((open & (1u << uint(face))) == 0u) {
    // A face that cannot be seen: outside the clip volume, so that no fragment of it is ever made.
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    return;
  }
  vec4 ink = texelFetch(inks, ivec2(int(paint), 0), 0);
  vec3 inVoxel = position;
  if (ink.a < 0.75) inVoxel.z = 0.75 + 0.25 * position.z;
  const float light[5] = float[5](0.70, 0.84, 0.90, 0.74, 1.0);
  shade = light[int(face)];
  if (face > 3.5) shade *= 1.0 - 0.045 * float(bits >> 13);
  colour = isFaint ? mix(ink.rgb, background, 0.72) : ink.rgb;
  onFace = corner;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(origin + (cell.xyz + inVoxel) * voxel, 1.0);
}`

const fragmentShader = /* glsl */ `
in vec3 colour;
in vec2 onFace;
in float shade;
out vec4 drawn;

void main() {
  // A darker line along each edge, one pixel wide, that fades where voxels are too small to tell apart.
  vec2 width = max(fwidth(onFace), vec2(1e-4));
  vec2 toEdge = min(onFace, 1.0 - onFace) / width;
  float line = 1.0 - smoothstep(0.5, 1.5, min(toEdge.x, toEdge.y));
  float readable = 1.0 - smoothstep(0.08, 0.3, max(width.x, width.y));
  drawn = vec4(colour * shade * (1.0 - 0.18 * line * readable), 1.0);
}`

/** Corners of the five faces of a unit cube, in the order of the bits of `faces`. */
const corners: readonly (readonly [number, number, number])[][] = [
  [[1, 0, 0], [1, 1, 0], [1, 1, 1], [1, 0, 1]], // biome-ignore format: one face a line
  [
    [0, 1, 0],
    [0, 0, 0],
    [0, 0, 1],
    [0, 1, 1],
  ],
  [
    [1, 1, 0],
    [0, 1, 0],
    [0, 1, 1],
    [1, 1, 1],
  ],
  [
    [0, 0, 0],
    [1, 0, 0],
    [1, 0, 1],
    [0, 0, 1],
  ],
  [
    [0, 0, 1],
    [1, 0, 1],
    [1, 1, 1],
    [0, 1, 1],
  ],
]

/** The voxels of one panel: one instanced draw call, coloured through a table of inks. */
export class VoxelMesh {
  readonly mesh: Mesh
  private readonly material: ShaderMaterial
  private geometry = new InstancedBufferGeometry()

  constructor({ originM, voxelM }: Pick<Grid, 'originM' | 'voxelM'>) {
    this.material = new ShaderMaterial({
      vertexShader,
      fragmentShader,
      glslVersion: GLSL3,
      uniforms: {
        inks: { value: null },
        origin: { value: new Vector3(...originM) },
        voxel: { value: voxelM },
        background: { value: new Vector3() },
      },
    })
    this.mesh = new Mesh(this.geometry, this.material)
    // The instances, not the unit cube, decide what is in view, and that is nearly always some of them.
    this.mesh.frustumCulled = false
  }

  show({ cells, voxels }: Surface, inks: readonly Ink[], background: readonly [number, number, number]): void {
    this.geometry.dispose()
    this.geometry = cubeGeometry()
    this.geometry.setAttribute('cell', new InstancedBufferAttribute(cells, 4))
    this.geometry.instanceCount = voxels
    this.mesh.geometry = this.geometry
    this.mesh.visible = voxels > 0
    const { uniforms } = this.material
    uniforms.inks.value?.dispose()
    uniforms.inks.value = inkTexture(inks)
    uniforms.background.value.set(...background.map((byte) => byte / 255))
  }

  dispose(): void {
    this.geometry.dispose()
    this.material.uniforms.inks.value?.dispose()
    this.material.dispose()
  }
}

function cubeGeometry(): InstancedBufferGeometry {
  const geometry = new InstancedBufferGeometry()
  const square = [0, 0, 1, 0, 1, 1, 0, 1]
  geometry.setAttribute('position', new BufferAttribute(Float32Array.from(corners.flat(2)), 3))
  geometry.setAttribute('corner', new BufferAttribute(Float32Array.from(corners.flatMap(() => square)), 2))
  geometry.setAttribute('face', new BufferAttribute(Float32Array.from(corners.flatMap((_, f) => [f, f, f, f])), 1))
  geometry.setIndex(corners.flatMap((_, f) => [0, 1, 2, 0, 2, 3].map((corner) => 4 * f + corner)))
  return geometry
}

/** 64 × 1: colour, and alpha ½ for inks that are flat. */
function inkTexture(inks: readonly Ink[]): DataTexture {
  const bytes = new Uint8Array(64 * 4)
  inks.forEach(({ rgb, flat }, index) => {
    bytes.set([...rgb, flat ? 128 : 255], 4 * index)
  })
  const texture = new DataTexture(bytes, 64, 1)
  texture.magFilter = NearestFilter
  texture.minFilter = NearestFilter
  texture.needsUpdate = true
  return texture
}
