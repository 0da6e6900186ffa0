import { execFileSync } from 'node:child_process'

/** Where a program really is: a version manager's stand-in would not work behind another PATH. */
export function realProgram(name: string): string {
  if (name === 'node') return process.execPath
  const find =
    name === 'python3' ? ['python3', '-c', 'import sys; print(sys.executable)'] : ['sh', '-c', `command -v ${name}`]
  return execFileSync(find[0], find.slice(1), { encoding: 'utf8' }).trim()
}
