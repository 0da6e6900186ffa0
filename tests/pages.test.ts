import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { benches } from '../bench/benches.js'
import { grids } from '../pipeline/grid.js'
import { readers } from '../pipeline/ingest/readers.js'
import { camelCase, flagsByCommand } from './support/commandHelp.js'
import { anchorsOf, checkoutFiles, codeOn, type Page, pages } from './support/pages.js'

const root = resolve(import.meta.dirname, '..')
const folders = ['pipeline', 'models', 'eval', 'cli', 'viewer', 'scripts', 'bench', 'tests', 'docs']
const files = checkoutFiles(...folders)
const flags = await flagsByCommand()
/** Flags of other programs that pages speak of: `npm run bench`'s, its Python peers', Node's, npm's and TensorBoard's. */
const foreignFlags = new Set([
  ...['data', 'full', 'record'],
  ...['patch', 'batch', 'steps', 'cacheMb', 'repeats'],
  ...['cpuProf', 'maxSemiSpaceSize', 'interruptBudget', 'ignoreScripts', 'logdir'],
])

/** Each rule, as a function from a page to complaints, so that a planted fault can show that it bites. */
const rules = {
  'every link to a page, a picture or a heading of the checkout leads there': ({ path, text }) =>
    [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].flatMap(([link, to, anchor]) => {
      const target = to === '' ? path : join(dirname(path), to)
      if (!existsSync(join(root, target))) return [`${link} is not there`]
      const there = target === path ? text : readFileSync(join(root, target), 'utf8')
      return anchor === undefined || anchorsOf(there).includes(anchor) ? [] : [`${link} names no heading`]
    }),

  'every source file that is named exists': (page) => namesOn(page).filter((name) => !files.some(matching(name))),

  'every folder of the checkout that is named exists': (page) =>
    words(page)
      .filter((word) => /^[\w/-]+$/.test(word) && word.includes('/') && folders.includes(word.split('/')[0]))
      .filter((word) => !existsSync(join(root, word))),

  'every command that is named is one': (page) =>
    occlabLines(page).flatMap(({ line, command }) => (flags.has(command) && command !== '' ? [] : [line])),

  'every flag that stands beside a command is one of its own': (page) =>
    occlabLines(page).flatMap(({ line, command }) =>
      flagsIn(line)
        .filter((flag) => !flags.get(command)?.has(flag))
        .map((flag) => `${command} --${flag}`),
    ),

  'every flag that stands alone is one of some command': (page) => {
    const known = new Set([...flags.values()].flatMap((some) => [...some]))
    return codeOn(page)
      .filter((code) => code.startsWith('--'))
      .flatMap((code) => flagsIn(code).filter((flag) => !known.has(flag) && !foreignFlags.has(flag)))
  },

  'every npm script and every benchmark that is named exists': (page) => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const names = Object.values(benches).map(({ name }) => name)
    return codeOn(page).flatMap((code) => {
      const [, script, bench] = /^npm run (\w+)(?: -- ([\w-]+))?/.exec(code) ?? []
      if (script !== undefined && !(script in scripts)) return [`npm run ${script}`]
      if (script !== 'bench' || bench === undefined) return []
      return names.some((name) => name === bench || name.startsWith(`${bench}-`)) ? [] : [`bench ${bench}`]
    })
  },
} satisfies Record<string, (page: Page) => string[]>

/** A command line starts with `occlab` or `npx occlab`, or with a command's own words where those stand for it. */
function occlabLines(page: Page): { line: string; command: string }[] {
  return codeOn(page).flatMap((code) => {
    const line = code.replace(/#.*$/, '').trim()
    const [, rest] = /^(?:npx )?occlab (?!-)(.*)$/.exec(line) ?? []
    const said = (rest ?? line).split(' ')
    const two = said.slice(0, 2).join(' ')
    if (rest === undefined && !(flags.has(said[0]) && line.includes(' --'))) return []
    return [{ line, command: flags.has(two) ? two : flags.has(said[0]) ? said[0] : '' }]
  })
}

/** `--cache-mb 0 --no-content` → `cacheMb`, `content`: flags as the code has them. */
function flagsIn(code: string): string[] {
  return [...code.matchAll(/(?<![\w-])--(?:no-)?([a-zA-Z][\w-]*)/g)].map(([, flag]) => camelCase(flag))
}

function words(page: Page): string[] {
  return codeOn(page).flatMap((code) => code.split(' '))
}

/** Names of our own kinds of source file; data files (`log.json`, `gts/…/labels.npz`) are other people's. */
function namesOn(page: Page): string[] {
  return words(page).filter((word) => /^[\w./<>*-]+\.(ts|mts|mjs|py|cc|h|md)$/.test(word))
}

/** `latent/<family>.ts` and `*.as.ts` stand for any name in that place. */
function matching(name: string): (file: string) => boolean {
  const pattern = name.replace(/[.]/g, '\\.').replace(/<\w+>|\*/g, '[\\w.-]*')
  const whole = new RegExp(`(^|/)${pattern}$`)
  return (file) => whole.test(file)
}

/** What a page of its time says may have gone since. */
const present = pages().filter(({ path }) => path !== 'CHANGELOG.md')

test.each(Object.entries(rules))('%s', (_rule, complaints) => {
  expect(present.flatMap((page) => complaints(page).map((complaint) => `${page.path}: ${complaint}`))).toEqual([])
})

/** One fault for each rule, and how it is complained of. */
const planted: Record<keyof typeof rules, [string, string][]> = {
  'every link to a page, a picture or a heading of the checkout leads there': [
    ['see [there](docs/nowhere.md)', '](docs/nowhere.md) is not there'],
    ['see [there](README.md#no-such-heading)', '](README.md#no-such-heading) names no heading'],
  ],
  'every source file that is named exists': [
    ['in `pipeline/nowhere.ts`', 'pipeline/nowhere.ts'],
    ['in `models/latent/no<family>.ts`', 'models/latent/no<family>.ts'],
  ],
  'every folder of the checkout that is named exists': [['in `eval/nowhere/`', 'eval/nowhere/']],
  'every command that is named is one': [['```sh\nnpx occlab ingst logs\n```', 'npx occlab ingst logs']],
  'every flag that stands beside a command is one of its own': [
    ['`occlab ingest logs --rule rig`', 'ingest --rule'],
    ['`split audit --out-of-bounds`', 'split audit --outOfBounds'],
  ],
  'every flag that stands alone is one of some command': [['with `--no-such-flag`', 'suchFlag']],
  'every npm script and every benchmark that is named exists': [
    ['`npm run nothing`', 'npm run nothing'],
    ['`npm run bench -- nothing`', 'bench nothing'],
  ],
}
const faults = Object.entries(planted).flatMap(([rule, cases]) => cases.map((one) => [rule, ...one] as const))

test.each(faults)('planted: %s: %s', (rule, text, complaint) => {
  expect(rules[rule as keyof typeof rules]({ path: 'PAGE.md', text })).toEqual([complaint])
})

test('the pages are really read', () => {
  const named = present.flatMap(namesOn)
  const commands = new Set(present.flatMap((page) => occlabLines(page).map(({ command }) => command)))
  expect(named.length).toBeGreaterThan(150)
  expect([...commands]).toEqual(expect.arrayContaining(['ingest', 'split audit', 'export weights', 'view']))
})

test('docs/formats.md says where each grid lies', () => {
  const number = (value: number) => String(Number(value.toFixed(9))).replace('-', '−')
  const rows = Object.values(grids).map(({ name, originM, voxelM, dims }) => {
    const spans = originM.map((from, axis) => `${number(from)} to ${number(from + dims[axis] * voxelM)}`)
    return [`\`${name}\``, dims.join('×'), String(voxelM), ...spans].join('|')
  })
  const page = readFileSync(join(root, 'docs/formats.md'), 'utf8')
  const table = page.split('\n\n').find((block) => block.startsWith('| grid '))!
  const said = table.trim().split('\n').slice(2)
  expect(said.map((row) => row.replace(/^\| *| *\|$/g, '').replace(/ *\| */g, '|'))).toEqual(rows)
})

test('every format that ingest reads has its own part of docs/formats.md', () => {
  const parts = readFileSync(join(root, 'docs/formats.md'), 'utf8').match(/^## .*$/gm)!
  const named = parts.flatMap((title) => [...title.matchAll(/`(\w+)`/g)].map(([, name]) => name))
  expect(named.sort()).toEqual(Object.keys(readers).sort())
})
