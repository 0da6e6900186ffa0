import { DataError, DiskError, type ErrorPlace, Interrupted, UsageError } from './errors.js'

/** An error on its way between threads: structured clone keeps no class. */
export interface CarriedError extends ErrorPlace {
  name: string
  message: string
  code?: string
  path?: string
  stack?: string
}

/** What is sent of anything thrown. */
export function carryError(error: unknown): CarriedError {
  const { name, message, stack, code, path, file, place, expected, actual } = error as Error & CarriedError
  return { name, message, stack, code, path, file, place, expected, actual }
}

const classes = { DataError, DiskError, Interrupted, UsageError }

/** The error as it was thrown, of its own class where that is one of ours. */
export function reviveError(carried: CarriedError): Error {
  const Class = classes[carried.name as keyof typeof classes]
  return Object.assign(Class ? new Class('') : new Error(), carried)
}
