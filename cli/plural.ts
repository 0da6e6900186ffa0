/** Of the words for what is counted: box, category, sweep. */
export function plural(word: string): string {
  if (word.endsWith('x')) return `${word}es`
  return word.endsWith('y') ? `${word.slice(0, -1)}ies` : `${word}s`
}
