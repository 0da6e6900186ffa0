import { probeRows } from '../probeRows.js'
import type { Study } from '../study.js'

export const linearProbes: Study = {
  name: 'linearProbes',
  question: 'What can be read off the latent by a straight line?',
  source: 'Alain & Bengio 2016, https://arxiv.org/abs/1610.01644',
  run: async ({ probes, features, seed, resamples, provenance }) =>
    probes.flatMap((probe, index) => probeRows(probe, features, index, { seed, resamples, provenance })),
}
