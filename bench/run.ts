/**
 * `npm run bench -- NAME [--data DIR] [--record] [--full]`: runs the benchmark of that name, or all whose names begin with it and a
 * hyphen; prints measured against target, leaves with 4 when a target is missed. `--record` adds the figures to
 * `docs/benchmarks.md`; `--full` measures at length what takes more than a few minutes.
 */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Bench, isMet } from './bench.js'
import { benches } from './benches.js'
import { checkout } from './checkout.js'
import { dataFolder } from './data.js'
import { lineOf, sectionOf } from './table.js'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string' },
    record: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
  },
})
const [name = ''] = positionals
const chosen = Object.values<Bench>(benches).filter((bench) => bench.name === name || bench.name.startsWith(`${name}-`))
if (chosen.length === 0) {
  const known = Object.values<Bench>(benches).map((bench) => bench.name)
  process.stderr.write(`no benchmark '${name}' (expected ${known.join(' | ')})\n`)
  process.exit(2)
}
const data = dataFolder(values.data)
for (const bench of chosen) {
  process.stdout.write(`\n${bench.question}\n`)
  const figures = await bench.run({ data, full: values.full })
  for (const measured of figures) process.stdout.write(lineOf(measured))
  if (!figures.every(isMet)) process.exitCode = 4
  const section = sectionOf(bench.question, `npm run bench -- ${bench.name}`, figures)
  if (values.record) appendFileSync(join(checkout, 'docs', 'benchmarks.md'), section)
}
