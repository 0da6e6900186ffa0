import { DataError } from '../../errors.js'

/** An element of an XML file. */
export interface XmlElement {
  name: string
  /** What stands in it beside other elements, without blanks around it. */
  text: string
  children: XmlElement[]
  /** Offset of its tag, in characters. */
  at: number
}

/**
 * The elements of a small XML file such as serialisers write: elements and text; the prologue, comments and attributes
 * are passed over. Throws DataError with the offset for tags that do not match and for entities, which none of them has.
 */
export function parseXml(file: string, content: string): XmlElement {
  const root: XmlElement = { name: '', text: '', children: [], at: 0 }
  const open = [root]
  const fail = (at: number, what: string, actual: string): never => {
    throw new DataError(what, { file, place: `character ${at}`, actual })
  }
  let end = 0
  for (const match of content.matchAll(/<!--[\s\S]*?-->|<[?!][^>]*>|<(\/?)([\w.:-]+)[^>]*?(\/?)>/g)) {
    const [tag, closes, name, isEmpty] = match
    const inner = open[open.length - 1]
    inner.text += textOf(content.slice(end, match.index), end, fail)
    end = match.index + tag.length
    if (!name) continue
    if (closes) {
      if (inner.name !== name) fail(match.index, `not the end of <${inner.name}>`, tag)
      inner.text = inner.text.trim()
      open.pop()
      continue
    }
    const element: XmlElement = { name, text: '', children: [], at: match.index }
    inner.children.push(element)
    if (!isEmpty) open.push(element)
  }
  if (open.length > 1) fail(content.length, `the file ends inside <${open[open.length - 1].name}>`, 'its end')
  if (root.children.length !== 1) fail(0, 'not one element that holds all others', `${root.children.length}`)
  return root.children[0]
}

function textOf(text: string, at: number, fail: (at: number, what: string, actual: string) => never): string {
  const odd = text.search(/[<&]/)
  return odd < 0 ? text : fail(at + odd, 'neither a tag nor plain text', text.slice(odd, odd + 20))
}
