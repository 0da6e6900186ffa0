import { stream } from '../random.js'

/** Numbers on a reel; a power of two, so that positions wrap by a mask. */
export const reelLength = 65536
export const reelMask = reelLength - 1

/**
 * Random numbers drawn once a log and read from a random place in each sweep: a draw for each of a hundred thousand
 * rays would cost more than casting them. Within a sweep no number is used twice for neighbouring rays.
 */
export interface Reels {
  normal: Float32Array
  uniform: Float32Array
}

export function newReels(seed: number): Reels {
  const [normals, uniforms] = [stream(seed, 'reel', 'normal'), stream(seed, 'reel', 'uniform')]
  return {
    normal: Float32Array.from({ length: reelLength }, () => normals.normal()),
    uniform: Float32Array.from({ length: reelLength }, () => uniforms.float()),
  }
}
