import { basename, posix } from 'node:path'
import { expect, test } from 'vitest'
import { importsOf, type Source, sourcesIn } from './support/sources.js'

/** What the files of a folder may import of the checkout: pipeline ← models ← eval ← cli, and the viewer beside them. */
const mayImport: Record<string, readonly string[]> = {
  pipeline: ['pipeline'],
  models: ['pipeline', 'models'],
  eval: ['pipeline', 'models', 'eval'],
  viewer: ['pipeline', 'viewer'],
  cli: ['pipeline', 'models', 'eval', 'viewer', 'cli', 'scripts'],
}
const sources = sourcesIn(...Object.keys(mayImport))

/** Each rule, as a function from sources to complaints, so that a planted fault can show that it bites. */
const rules = {
  'imports run pipeline ← models ← eval ← cli; the viewer knows only the data contract': (all) =>
    all.flatMap((source) => {
      const allowed = mayImport[top(source.path)]
      const foreign = importsOf(source).files.filter((file) => !allowed.includes(top(file)))
      return foreign.map((file) => `${source.path} imports ${file}`)
    }),

  'the compute engine is imported in models/ only, types too: elsewhere from what models/ exports': (all) =>
    all
      .filter(({ path }) => top(path) !== 'models')
      .flatMap((source) => {
        const engine = importsOf(source).packages.filter((name) => name.startsWith('@tensorflow/'))
        return engine.map((name) => `${source.path} imports ${name}`)
      }),

  'no index.ts that only re-exports': (all) =>
    all
      .filter(({ path, text }) => basename(path).startsWith('index.') && declarations(text).every(isReExport))
      .map(({ path }) => path),

  'no drawer of utils or helpers': (all) =>
    all.filter(({ path }) => /(^|\/)[^/]*(utils?|helpers?)([./]|$)/i.test(path)).map(({ path }) => path),

  'no Math.random: every random number comes from a named, seeded stream': (all) =>
    all.filter(({ text }) => /\bMath\s*\.\s*random\b/.test(text)).map(({ path }) => path),

  'no powers but squares and powers of two: the others differ from one Node to another (pipeline/power.ts)': (all) =>
    all.flatMap(({ path, text }) =>
      withoutComments(text)
        .split('\n')
        .filter((line) => /\bMath\s*\.\s*pow\b/.test(line) || /\*\*(?! ?2\b(?!\.))/.test(line.replace(evenPowers, '')))
        .map((line) => `${path}: ${line.trim()}`),
    ),

  'every line of a registry has a file of its own': (all) => all.flatMap(sharedLines),
} satisfies Record<string, (sources: Source[]) => string[]>

function top(path: string): string {
  return path.split('/')[0]
}

/** Powers of two and of whole big numbers, which are exact. */
const evenPowers = /\b(2|\d+n) \*\*/g

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:])\/\/.*$/gm, '$1')
}

function declarations(text: string): string[] {
  return withoutComments(text)
    .split(/\n(?=\S)/)
    .filter((statement) => statement.trim() !== '' && !/^[}\])]/.test(statement))
}

function isReExport(statement: string): boolean {
  return /^\s*(export\s+(type\s+)?(\*|\{)[\s\S]*\bfrom\b|import\b)/.test(statement)
}

/**
 * A registry is an object that `satisfies Record<string, …>` and holds what it imports. Tables, whose lines are written
 * out where they stand, are none.
 */
function sharedLines(source: Source): string[] {
  const fileOf = importedFrom(source)
  return registries(source.text).flatMap(({ name, values }) => {
    if (!values.some((value) => fileOf.has(value))) return []
    const homeless = values.filter((value) => !fileOf.has(value)).map((value) => `${name}: ${value} has no file`)
    const files = values.map((value) => fileOf.get(value)).filter((file) => file !== undefined)
    const twice = files.filter((file, i) => files.indexOf(file) !== i).map((file) => `${name}: ${file} has two lines`)
    return [...homeless, ...twice].map((complaint) => `${source.path}: ${complaint}`)
  })
}

function registries(text: string): { name: string; values: string[] }[] {
  return [...text.matchAll(/export const (\w+) = \{([^{}]*)\} satisfies Record<string,/g)].map(([, name, body]) => {
    const lines = body
      .replace(/\/\/.*$/gm, '')
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .split(',')
    return { name, values: lines.map((line) => line.split(':').at(-1)!.trim()).filter((value) => value !== '') }
  })
}

/** Imported name → the file it comes from. */
function importedFrom({ path, text }: Source): Map<string, string> {
  const found = new Map<string, string>()
  for (const [, names, from] of text.matchAll(/import\s*\{([^}]*)\}\s*from\s*'(\.[^']+)'/g))
    for (const name of names.split(','))
      found.set(
        name
          .split(/\sas\s/)
          .at(-1)!
          .replace(/^\s*type\s/, '')
          .trim(),
        posix.join(posix.dirname(path), from),
      )
  return found
}

test.each(Object.entries(rules))('%s', (_name, complaints) => {
  expect(complaints(sources)).toEqual([])
})

/** One fault for each rule, and how it is complained of. */
const planted: Record<keyof typeof rules, [Source, string][]> = {
  'imports run pipeline ← models ← eval ← cli; the viewer knows only the data contract': [
    [{ path: 'pipeline/a.ts', text: "import { b } from '../models/b.js'" }, 'pipeline/a.ts imports models/b.js'],
    [
      { path: 'models/a/b.ts', text: "import type {\n  C,\n} from '../../eval/c.js'" },
      'models/a/b.ts imports eval/c.js',
    ],
    [{ path: 'eval/a.ts', text: "const b = await import('../cli/b.js')" }, 'eval/a.ts imports cli/b.js'],
    [{ path: 'viewer/a.ts', text: "export { b } from '../models/b.js'" }, 'viewer/a.ts imports models/b.js'],
    [{ path: 'pipeline/a.ts', text: "import '../../elsewhere/b.js'" }, 'pipeline/a.ts imports ../elsewhere/b.js'],
  ],
  'the compute engine is imported in models/ only, types too: elsewhere from what models/ exports': [
    [
      { path: 'eval/a.ts', text: "import type { Tensor } from '@tensorflow/tfjs-core'" },
      'eval/a.ts imports @tensorflow/tfjs-core',
    ],
  ],
  'no index.ts that only re-exports': [
    [
      { path: 'eval/index.ts', text: "// All of it.\nexport * from './a.js'\nexport { b } from './b.js'\n" },
      'eval/index.ts',
    ],
  ],
  'no drawer of utils or helpers': [
    [{ path: 'eval/stringUtils.ts', text: '' }, 'eval/stringUtils.ts'],
    [{ path: 'eval/helpers/a.ts', text: '' }, 'eval/helpers/a.ts'],
  ],
  'no Math.random: every random number comes from a named, seeded stream': [
    [{ path: 'eval/a.ts', text: 'const a = Math.random()' }, 'eval/a.ts'],
  ],
  'no powers but squares and powers of two: the others differ from one Node to another (pipeline/power.ts)': [
    [
      { path: 'eval/a.ts', text: 'const cubed = a ** 3 + 2 ** b + a ** 2' },
      'eval/a.ts: const cubed = a ** 3 + 2 ** b + a ** 2',
    ],
    [{ path: 'eval/a.ts', text: 'return x ** 2.5 // a ** 4' }, 'eval/a.ts: return x ** 2.5'],
    [{ path: 'eval/a.ts', text: 'return Math.pow(2, b)' }, 'eval/a.ts: return Math.pow(2, b)'],
  ],
  'every line of a registry has a file of its own': [
    [
      {
        path: 'eval/a.ts',
        text: "import { b, c } from './b.js'\nexport const all = { b, 'c-d': c } satisfies Record<string, B>",
      },
      'eval/a.ts: all: eval/b.js has two lines',
    ],
    [
      {
        path: 'eval/a.ts',
        text: "import { b } from './b.js'\nconst c = 1\nexport const all = { b, c } satisfies Record<string, B>",
      },
      'eval/a.ts: all: c has no file',
    ],
  ],
}

const faults = Object.entries(planted).flatMap(([rule, cases]) => cases.map((one) => [rule, ...one] as const))

test.each(faults)('planted: %s', (rule, source, complaint) => {
  expect(rules[rule as keyof typeof rules]([source])).toEqual([complaint])
})

test('the sources are really read, and so are the registries in them', () => {
  expect(sources.length).toBeGreaterThan(50)
  const found = sources.flatMap(({ text }) => registries(text).map(({ name }) => name))
  expect(found).toEqual(expect.arrayContaining(['rules', 'taxonomies', 'sites']))
  const splitRules = sources.find(({ path }) => path === 'pipeline/splits/rules.ts')!
  expect([...importedFrom(splitRules).keys()]).toEqual(expect.arrayContaining(['log', 'site', 'route', 'rig', 'date']))
})
