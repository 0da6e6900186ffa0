/** Where a minimisation ended. */
export interface Minimum {
  x: Float64Array
  value: number
  iterations: number
  /** Whether the gradient fell under the tolerance. */
  converged: boolean
}

/** Fills `gradient` and returns the value. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number

interface Pair {
  step: Float64Array
  change: Float64Array
  curvature: number
}

/**
 * Minimises a smooth convex function by L-BFGS: D. Liu & J. Nocedal, "On the limited memory BFGS method", 1989,
 * https://doi.org/10.1007/BF01589116, with a backtracking line search (Armijo). Deterministic.
 *
 * @param tolerance - stops when no component of the gradient exceeds it.
 */
export function lbfgs(
  objective: Objective,
  start: Float64Array,
  { tolerance = 1e-6, maximumIterations = 500, memory = 10 } = {},
): Minimum {
  let x = Float64Array.from(start)
  let gradient = new Float64Array(x.length)
  let value = objective(x, gradient)
  const pairs: Pair[] = []
  for (let iterations = 0; ; iterations++) {
    const converged = gradient.every((component) => Math.abs(component) <= tolerance)
    if (converged || iterations === maximumIterations) return { x, value, iterations, converged }
    const direction = descent(gradient, pairs)
    const next = search(objective, x, value, gradient, direction, pairs.length === 0)
    // The value has no more digits to fall by.
    if (!next) return { x, value, iterations, converged }
    const step = next.x.map((xi, i) => xi - x[i])
    const change = next.gradient.map((gi, i) => gi - gradient[i])
    const curvature = dot(step, change)
    if (curvature > 0) pairs.push({ step, change, curvature })
    if (pairs.length > memory) pairs.shift()
    ;({ x, gradient, value } = next)
  }
}

/** −H·gradient by the two-loop recursion, H the inverse Hessian that the remembered pairs imply. */
function descent(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((component) => -component)
  const alphas = new Float64Array(pairs.length)
  for (let i = pairs.length - 1; i >= 0; i--) {
    alphas[i] = dot(pairs[i].step, direction) / pairs[i].curvature
    addScaled(direction, pairs[i].change, -alphas[i])
  }
  const last = pairs.at(-1)
  if (last) {
    const scale = last.curvature / dot(last.change, last.change)
    for (let i = 0; i < direction.length; i++) direction[i] *= scale
  }
  pairs.forEach(({ step, change, curvature }, i) => {
    addScaled(direction, step, alphas[i] - dot(change, direction) / curvature)
  })
  return direction
}

/** Shortens the step until the value falls by its due; null when it does not fall at all. */
function search(
  objective: Objective,
  x: Float64Array,
  value: number,
  gradient: Float64Array,
  direction: Float64Array,
  isFirst: boolean,
) {
  const slope = dot(gradient, direction)
  // Before any curvature is known the gradient's length says nothing about the step's.
  let length = isFirst ? Math.min(1, 1 / Math.sqrt(-slope)) : 1
  for (let tries = 0; tries < 50; tries++) {
    const nextX = x.map((xi, i) => xi + length * direction[i])
    const nextGradient = new Float64Array(x.length)
    const nextValue = objective(nextX, nextGradient)
    if (nextValue < value && nextValue <= value + 1e-4 * length * slope)
      return { x: nextX, gradient: nextGradient, value: nextValue }
    // The least of the parabola through what is known, kept within a tenth and a half of the step that failed.
    const least = (-slope * length * length) / (2 * (nextValue - value - slope * length))
    length = Math.min(Math.max(least, 0.1 * length), 0.5 * length)
  }
  return null
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}

function addScaled(to: Float64Array, from: Float64Array, scale: number): void {
  for (let i = 0; i < to.length; i++) to[i] += scale * from[i]
}
