export interface SetupOptions {
  device?: 'cpu' | 'gpu'
  dryRun?: boolean
  /** The checkout. */
  root?: string
  /** Where the lines go. */
  stream?: NodeJS.WritableStream & { isTTY?: boolean }
}

/** One row of a check list: what was found, or what is missing and how to get it. */
export interface Finding {
  name: string
  ok: boolean
  needed: boolean
  detail: string
}

export function setup(options?: SetupOptions): Promise<void>
export function survey(options?: SetupOptions): Promise<Finding[]>
