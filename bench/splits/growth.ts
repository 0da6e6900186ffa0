/** Slope of the straight line through (log size, log cost): 1 is linear. What each run costs once makes it flatter. */
export function powerOf(costs: readonly (readonly [size: number, cost: number])[]): number {
  const points = costs.map((pair) => pair.map(Math.log))
  const [meanX, meanY] = [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length)
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0)
  return over / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
}
