/** Work for a pool: doubles a number; a negative one is an error of the kind that `kind` names; 99 ends the thread. */
export async function double({ value, kind, errors }) {
  if (value === 99) process.exit(3)
  if (value >= 0) return 2 * value
  if (kind === 'plain') throw Object.assign(new RangeError('plain trouble'), { code: 'ENOSPC', path: '/some/file' })
  const classes = await import(errors)
  throw new classes[kind]('trouble', { file: 'a.arrow', place: 'row 3', expected: 'one', actual: 'another' })
}
