/** A problem that the person at the keyboard can solve: printed as its one line, then the process leaves with `exitCode`. */
export class SetupError extends Error {
  /** @param {string} message @param {{exitCode?: number, cause?: unknown}} [options] */
  constructor(message, { exitCode = 2, cause } = {}) {
    super(message, { cause })
    this.name = 'SetupError'
    this.exitCode = exitCode
  }
}
