import { Interrupted } from './errors.js'

const controller = new AbortController()

/** Aborted by the first Ctrl-C or SIGTERM; long work looks at it between units. */
export const interrupted: AbortSignal = controller.signal

/** Called once by the CLI. The second signal leaves at once. */
export function listenForInterrupts(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (interrupted.aborted) process.exit(130)
      controller.abort()
    })
}

/** Throws Interrupted when the user has asked to stop. */
export function stopIfInterrupted(): void {
  if (interrupted.aborted) throw new Interrupted('stopped; the same command goes on from here')
}
