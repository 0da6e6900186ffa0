import { join } from 'node:path'
import { UsageError } from '../errors.js'
import type { Manifest } from '../manifest.js'
import { type FoldNumber, foldCount } from './folds.js'
import { groupLogs } from './groups.js'
import { piecesOf } from './pieces.js'
import { checkPlan } from './planSplit.js'
import { ruleNamed } from './rules.js'
import { type SplitOptions, splitOnce, tracksOf } from './split.js'
import type { LogTrack } from './tracks.js'

/** What a command line may say of folds. Throws UsageError when it is no number of them. */
export function foldsNamed(text: string): FoldNumber['of'] {
  if (text === 'each') return text
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw new UsageError('split --folds is not usable', { expected: 'each, or a whole number', actual: text })
}

/**
 * Writes `<out>/fold-0`, `<out>/fold-1` …: ordinary split folders whose test parts are disjoint and together complete.
 * Val is taken from the other groups, and where two parts come too near it is not test that gives way. The tracks are
 * read once.
 *
 * Throws UsageError when there are too few groups, and what `split` throws.
 */
export async function splitFolds(options: SplitOptions, of: FoldNumber['of']): Promise<Manifest[]> {
  const { config } = options
  checkPlan(config, { fold: of, former: options.extend })
  const tracks = await tracksOf(options.dataset)
  const count = foldCount(groupsOf(tracks, options), of)
  const manifests: Manifest[] = []
  for (let index = 0; index < count; index++) {
    const out = join(options.out, `fold-${index}`)
    manifests.push(await splitOnce({ ...options, out }, async () => tracks, { index, of }))
  }
  return manifests
}

function groupsOf(tracks: readonly LogTrack[], { config }: SplitOptions) {
  const rule = ruleNamed(config.rule)
  const filled = tracks.filter(({ frameIndex }) => frameIndex.length > 0)
  return groupLogs(piecesOf(filled, rule, config), rule, config)
}
