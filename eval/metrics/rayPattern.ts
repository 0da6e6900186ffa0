/**
 * Directions of RayIoU's rays, unit vectors in the ego frame, [R, 3]: one a degree of azimuth at each pitch. The first ten
 * pitches meet a ground 1 m below at 1, 2 … 10 m; from there they go on in steps of the last difference until 0.21 rad, the
 * upper edge of nuScenes' LiDAR. SparseOcc (https://arxiv.org/abs/2312.17118), ray_metrics.py.
 */
export function rayPattern(): Float64Array {
  const pitches = pitchesRad()
  const directions = new Float64Array(pitches.length * 360 * 3)
  let at = 0
  for (const pitch of pitches)
    for (let degree = 0; degree < 360; degree++) {
      const azimuth = (degree * Math.PI) / 180
      directions[at++] = Math.cos(pitch) * Math.cos(azimuth)
      directions[at++] = Math.cos(pitch) * Math.sin(azimuth)
      directions[at++] = Math.sin(pitch)
    }
  return directions
}

export function pitchesRad(): number[] {
  const pitches = Array.from({ length: 10 }, (_, n) => Math.atan(n + 1) - Math.PI / 2)
  while (pitches[pitches.length - 1] < 0.21) pitches.push(2 * pitches[pitches.length - 1] - pitches[pitches.length - 2])
  return pitches
}
