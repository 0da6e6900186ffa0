/** Diagonal Gaussian posteriors of M examples and one draw from each, all [M, c], c fastest. */
export interface Posteriors {
  c: number
  mean: Float64Array
  logvar: Float64Array
  draw: Float64Array
}

/** Nats. */
export interface MutualInformation {
  joint: number
  perChannel: number[]
  /** ln M: no estimate from M examples is larger. */
  limit: number
}

/**
 * Mutual information of latent and example under the aggregate posterior q(z) = 1/M Σ_m q(z|x_m):
 * I = 1/M Σ_i [log q(z_i|x_i) − log q(z_i)] with z_i drawn from q(z|x_i) (Hoffman & Johnson 2016, "ELBO surgery",
 * http://approximateinference.org/accepted/HoffmanJohnson2016.pdf; estimated as in He et al. 2019, §4.2,
 * https://arxiv.org/abs/1901.05534). 0 where the posterior does not depend on the example; where it names every example
 * the estimate ends at ln M, so only values well under that say how much there is. Once for the whole vector, and once
 * for each channel as if it were alone.
 */
export function mutualInformation({ c, mean, logvar, draw }: Posteriors): MutualInformation {
  const M = mean.length / c
  const precision = logvar.map((value) => Math.exp(-value))
  const [joint, single] = [new Float64Array(M), Array.from({ length: c }, () => new Float64Array(M))]
  const sums = new Float64Array(c + 1)
  for (let i = 0; i < M; i++) {
    joint.fill(0)
    for (let j = 0; j < M; j++)
      for (let k = 0; k < c; k++) {
        const off = draw[i * c + k] - mean[j * c + k]
        // log q up to −½ log 2π, which cancels.
        const log = -0.5 * (off * off * precision[j * c + k] + logvar[j * c + k])
        single[k][j] = log
        joint[j] += log
      }
    sums[c] += joint[i] - logMeanExp(joint)
    for (let k = 0; k < c; k++) sums[k] += single[k][i] - logMeanExp(single[k])
  }
  const nats = Array.from(sums, (sum) => sum / M)
  return { joint: nats[c], perChannel: nats.slice(0, c), limit: Math.log(M) }
}

function logMeanExp(logs: Float64Array): number {
  let most = Number.NEGATIVE_INFINITY
  for (const log of logs) if (log > most) most = log
  let sum = 0
  for (const log of logs) sum += Math.exp(log - most)
  return most + Math.log(sum / logs.length)
}
