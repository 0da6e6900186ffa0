/** `npm run bench -- NAME`: runs one benchmark, prints measured against target, leaves with 4 when a target is missed. */
import { benches } from './benches.js'

const [name] = process.argv.slice(2)
const bench = (benches as Record<string, (typeof benches)['simulate']>)[name]
if (!bench) {
  process.stderr.write(`no benchmark '${name ?? ''}' (expected ${Object.keys(benches).join(' | ')})\n`)
  process.exit(2)
}
process.stdout.write(`${bench.question}\n`)
for (const { what, value, unit, target } of await bench.run()) {
  const met = value >= target.atLeast
  if (!met) process.exitCode = 4
  process.stdout.write(`${met ? '✓' : '✗'} ${value.toFixed(1)} ${unit} (at least ${target.atLeast})  ${what}\n`)
}
