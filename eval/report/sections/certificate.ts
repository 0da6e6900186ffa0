import { headOf } from '../../../pipeline/hashChain.js'
import { verdictOf } from '../../../pipeline/splits/certificate.js'
import type { CarriedCertificate } from '../../../pipeline/splits/certificateFolder.js'
import type { TrainedVerdict } from '../../trainedFrames.js'
import { type Html, html } from '../html.js'
import { whole } from '../numbers.js'
import { type RunResults, runFolders } from '../runResults.js'

/**
 * The split's certificate: its fingerprint, its verdict, and which folders were made under the same one. Who signed it is
 * told by `split verify`, not here: the page's bytes depend on the run alone.
 */
export function certificateBlock(results: RunResults): Html {
  const { certificate } = results
  if (!certificate)
    return html`<h3>Certificate</h3><p>The split has no certificate: an older occlab made it, or it is not part of this run.</p>`
  const head = headOf(certificate.chain)
  const entries = certificate.chain.map(({ entry, hash }) => html`<li>${entry} <code>${hash.slice(0, 12)}</code></li>`)
  return html`<h3>Certificate</h3>
    <p><b>${verdictOf(certificate)}</b>. Fingerprint <code>${head.slice(0, 12)}</code>, the last hash of the chain:</p>
    <ol>${entries}</ol>
    ${carriers(results, head)} ${comparison(results)}
    <p class="note">Whether it is intact, and who signed it: <code>occlab split verify RUN/report</code>.</p>`
}

/** The folders made with a split, by whether they carry this certificate. */
function carriers({ manifests }: RunResults, head: string): Html {
  const made = runFolders.flatMap((name) => {
    const carried = manifests[name]?.details.certificate as CarriedCertificate | null | undefined
    return name === 'split' || carried === undefined ? [] : [{ name, isSame: carried?.head === head }]
  })
  const list = (isSame: boolean) => made.filter((each) => each.isSame === isSame).map(({ name }) => name)
  const [same, others] = [list(true), list(false)]
  return html`${same.length > 0 && html`<p>Carried by ${same.join(', ')}.</p>`}
    ${others.length > 0 && html`<p class="warning">Made under another certificate or none: ${others.join(', ')}.</p>`}`
}

/** What `eval` compared before it scored. */
function comparison({ manifests }: RunResults): Html {
  const compared = manifests.metrics?.details.trainedFrames as TrainedVerdict | undefined
  if (!compared) return html``
  const { rules, scoredFrames, trainedFrames, remark } = compared
  if (remark) return html`<p class="warning">Every number is ${remark}.</p>`
  const models = Object.entries(trainedFrames).map(([name, frames]) => `${whole(frames ?? 0)} of the ${name}`)
  return html`<p>None of the ${whole(scoredFrames)} scored frames meets a training frame (${models.join(', ')}) by
    ${rules.length} rules: ${rules.join(', ')}.</p>`
}
