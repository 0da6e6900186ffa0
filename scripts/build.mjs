import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { lastLines, run } from './run.mjs'
import { SetupError } from './setupError.mjs'

const SOURCES = ['pipeline', 'models', 'eval', 'viewer', 'cli', 'bench']
const SETTINGS = ['package-lock.json', 'package.json', 'tsconfig.json', 'tsconfig.build.json']
const MAIN = 'dist/cli/main.js'

/** The set-up step that compiles the TypeScript and bundles the viewer, whenever a source changed since the last time. */
export function buildStep(root, lock) {
  const stamp = path.join(root, 'dist/.sources')
  return {
    name: 'TypeScript',
    lock,
    async state() {
      const built = existsSync(path.join(root, MAIN)) && existsSync(stamp) && readFileSync(stamp, 'utf8')
      return built === sourcesHash(root) ? 'built in dist' : null
    },
    intent: () => 'npm run build',
    async apply(report) {
      report.start('TypeScript', 'npm run build')
      // Taken before the build: a file that is edited meanwhile makes the next run build again.
      const hash = sourcesHash(root)
      rmSync(stamp, { force: true })
      const { code, stdout, stderr } = await run('npm', ['run', 'build', '--silent'], { cwd: root })
      if (code !== 0) throw buildError(`${stdout}\n${stderr}`)
      writeFileSync(stamp, hash)
      return 'built in dist'
    },
  }
}

/** The first complaints: what follows them is often their consequence. */
function buildError(output) {
  const complaints = output.split('\n').filter((line) => /error/i.test(line))
  const shown = complaints.length > 0 ? complaints.slice(0, 8).join('\n') : lastLines(output, 8)
  return new SetupError(`the build failed:\n${shown}`, { exitCode: 1 })
}

/** The set-up step that makes `npx occlab` work in the checkout itself, which npm does only for installed packages. */
export function commandStep(root, lock) {
  const link = path.join(root, 'node_modules/.bin/occlab')
  const target = path.join('../..', MAIN)
  const isLink = () => lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(link) === target
  const isExecutable = () => (lstatSync(path.join(root, MAIN), { throwIfNoEntry: false })?.mode & 0o100) !== 0
  return {
    name: 'npx occlab',
    lock,
    state: async () => (isLink() && isExecutable() ? 'ready' : null),
    intent: () => `link ${path.relative(root, link)} to ${MAIN}`,
    async apply() {
      mkdirSync(path.dirname(link), { recursive: true })
      rmSync(link, { force: true })
      symlinkSync(target, link)
      chmodSync(path.join(root, MAIN), 0o755)
      return 'ready'
    },
  }
}

function sourcesHash(root) {
  const hash = createHash('sha256')
  const files = [
    ...SETTINGS.map((name) => path.join(root, name)),
    ...SOURCES.flatMap((name) => filesIn(path.join(root, name))),
  ]
  for (const file of files) {
    if (existsSync(file))
      hash
        .update(`${path.relative(root, file)}\0`)
        .update(readFileSync(file))
        .update('\0')
  }
  return hash.digest('hex')
}

function filesIn(folder) {
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}
