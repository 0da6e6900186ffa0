import { stream } from '../../pipeline/random.js'
import { activeNats } from './collapse.js'
import { mutualInformation } from './mutualInformation.js'

/** Map cells, over all frames, that the mutual information is estimated from. */
const cellsAsked = 512
/** A channel whose posterior mean varies less than this over the data is inactive (Burda et al., below). */
const activeVariance = 0.01

/** Moments of one frame's code, each [h·w·c], c fastest. */
export interface CodeMoments {
  /** `log/frame`. */
  name: string
  mean: ArrayLike<number>
  logvar: ArrayLike<number>
}

/** Statistics of a Gaussian code over a whole validation. */
export class CodeTally {
  private frames = 0
  /** [h·w·c]: KL of every dimension, summed over frames. */
  private readonly kl: Float64Array
  /** [c]: sums of posterior means and of their squares. */
  private readonly first: Float64Array
  private readonly second: Float64Array
  private readonly cells: { mean: number[]; logvar: number[]; draw: number[] } = { mean: [], logvar: [], draw: [] }
  private readonly cellsPerFrame: number

  /**
   * @param shape h, w, c
   * @param frames how many will be added, about
   */
  constructor(
    private readonly shape: readonly [number, number, number],
    frames: number,
    private readonly seed: number,
  ) {
    const [h, w, c] = shape
    this.kl = new Float64Array(h * w * c)
    this.first = new Float64Array(c)
    this.second = new Float64Array(c)
    this.cellsPerFrame = Math.min(h * w, Math.ceil(cellsAsked / Math.max(1, frames)))
  }

  add({ name, mean, logvar }: CodeMoments): void {
    const c = this.shape[2]
    for (let d = 0; d < this.kl.length; d++) {
      const [m, v] = [mean[d], logvar[d]]
      this.kl[d] += 0.5 * (m * m + Math.exp(v) - 1 - v)
      this.first[d % c] += m
      this.second[d % c] += m * m
    }
    this.frames++
    this.draw(name, mean, logvar)
  }

  private draw(name: string, mean: ArrayLike<number>, logvar: ArrayLike<number>): void {
    const [h, w, c] = this.shape
    const rng = stream(this.seed, 'mutual information', name)
    const all = Array.from({ length: h * w }, (_, cell) => cell)
    for (const cell of rng.shuffle(all).slice(0, this.cellsPerFrame))
      for (let d = cell * c; d < (cell + 1) * c; d++) {
        this.cells.mean.push(mean[d])
        this.cells.logvar.push(logvar[d])
        this.cells.draw.push(mean[d] + Math.exp(0.5 * logvar[d]) * rng.normal())
      }
  }

  /**
   * - `active_units_covariance`: channels whose posterior mean has a variance over frames and cells above 0.01 (Burda et
   *   al. 2016, https://arxiv.org/abs/1509.00519, §5.2, whose threshold this is);
   * - `kl_dimension/p10`, `/p50`, `/p90`: quantiles over all h·w·c dimensions of a dimension's mean KL, nats, and
   *   `inactive_dimensions`, the share under 0.1 nat;
   * - `mutual_information` between a cell's latent and which cell of which frame it is of, nats, `…_channel/<i>` of each
   *   channel alone, and `…_limit`, the most that an estimate from so many cells can be;
   * - `aggregate_kl`: of the aggregate posterior of a cell from the prior, nats a cell, KL − mutual information; where
   *   the latter is at its limit this is an upper bound.
   */
  means(): Record<string, number> {
    if (this.frames === 0) return {}
    const [h, w, c] = this.shape
    const samples = this.frames * h * w
    const variances = Array.from(this.first, (sum, k) => this.second[k] / samples - (sum / samples) * (sum / samples))
    const nats = this.kl.map((sum) => sum / this.frames).sort()
    const quantile = (q: number) => nats[Math.min(nats.length - 1, Math.floor(q * nats.length))]
    const [mean, logvar, draw] = [this.cells.mean, this.cells.logvar, this.cells.draw].map((a) => Float64Array.from(a))
    const { joint, perChannel, limit } = mutualInformation({ c, mean, logvar, draw })
    const klOfCell = nats.reduce((sum, value) => sum + value, 0) / (h * w)
    return {
      active_units_covariance: variances.filter((variance) => variance > activeVariance).length,
      'kl_dimension/p10': quantile(0.1),
      'kl_dimension/p50': quantile(0.5),
      'kl_dimension/p90': quantile(0.9),
      inactive_dimensions: nats.filter((value) => value < activeNats).length / nats.length,
      mutual_information: joint,
      mutual_information_limit: limit,
      aggregate_kl: klOfCell - joint,
      ...Object.fromEntries(perChannel.map((value, k) => [`mutual_information_channel/${k}`, value])),
    }
  }
}
