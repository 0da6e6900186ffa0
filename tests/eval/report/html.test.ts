import { describe, expect, it } from 'vitest'
import { html, trusted } from '../../../eval/report/html.js'

describe('the markup template', () => {
  it('escapes text wherever it stands', () => {
    const name = `"><script>alert('x')</script>&`
    expect(html`<b title="${name}">${name}</b>`.markup).toBe(
      '<b title="&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;">&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;</b>',
    )
  })

  it('takes markup and lists of it as they are, numbers as they read, and leaves nothing for nothing', () => {
    const items = [1, 2].map((each) => html`<li>${each}</li>`)
    expect(html`<ul>${items}${null}${undefined}${false}</ul>${trusted('<svg/>')}${0}`.markup).toBe(
      '<ul><li>1</li><li>2</li></ul><svg/>0',
    )
  })
})
