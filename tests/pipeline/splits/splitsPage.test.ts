import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { compromise } from '../../../pipeline/splits/compromises.js'
import { type OfficialName, officialLists } from '../../../pipeline/splits/official/officialLists.js'
import { parts } from '../../../pipeline/splits/part.js'
import { rules } from '../../../pipeline/splits/rules.js'
import { splitFile } from '../../../pipeline/splits/splitFile.js'

const page = readFileSync(new URL('../../../docs/splits.md', import.meta.url), 'utf8')

/** First and last cell of the rows of the table whose first column has that name. */
function tableOf(column: string): [string, string][] {
  const table = page.split('\n\n').find((block) => block.startsWith(`| ${column} `))!
  const rows = table.trim().split('\n').slice(2)
  return rows.map((row) => row.split('|').map((cell) => cell.trim())).map((cells) => [cells[1], cells.at(-2)!])
}

test('the page lists the rules as they describe themselves', () => {
  expect(tableOf('rule')).toEqual(Object.entries(rules).map(([name, { describe }]) => [`\`${name}\``, describe]))
})

test('the page lists the official splits with their sizes', () => {
  const sizes = (name: string) => parts.map((part) => officialLists[name as OfficialName][part].length).join(', ')
  expect(tableOf('list')).toEqual(Object.keys(officialLists).map((name) => [`\`${name}\``, sizes(name)]))
})

test('the page lists every constraint and every reason', () => {
  const { reason } = splitFile.shape.logs.element.shape.exceptions.element.shape
  expect(tableOf('constraint').map(([name]) => name)).toEqual(
    compromise.shape.constraint.options.map((name) => `\`${name}\``),
  )
  expect(tableOf('reason').map(([name]) => name)).toEqual(reason.options.map((name) => `\`${name}\``))
})
