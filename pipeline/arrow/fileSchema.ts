import { Schema, util } from 'apache-arrow'

/** The schema of a file, and what is left of it where only some columns are asked for. */
export class FileSchema {
  /** By the names that were asked for; null for all. */
  private readonly parts = new Map<string | null, Schema>()

  constructor(readonly whole: Schema) {}

  /** The schema with those columns alone, in the file's order; all of them where they are left out. Throws RangeError for damaged types. */
  with(columns: readonly string[] | undefined): Schema {
    const key = columns?.join('\n') ?? null
    const known = this.parts.get(key)
    if (known) return known
    const schema = columns ? this.partWith(columns) : this.whole
    // Of what is no type, apache-arrow says that it is not what it is.
    if (!util.compareSchemas(schema, schema)) throw new RangeError('a column of no known type')
    this.parts.set(key, schema)
    return schema
  }

  private partWith(columns: readonly string[]): Schema {
    const fields = this.whole.fields.filter(({ name }) => columns.includes(name))
    return new Schema(fields, this.whole.metadata)
  }
}

/** Some bytes of a footer, from one to before another. */
interface Stretch {
  start: number
  end: number
}

/**
 * The schema that was decoded last. Footers of files of one kind differ in where their batches lie and in nothing else, and a
 * schema takes longer to decode than some of a sweep's columns.
 */
export class LastSchema {
  private footer = Buffer.alloc(0)
  private batches: readonly Stretch[] = []
  private schema: FileSchema | null = null

  /** The schema of a footer that says in `batches` where they lie; decoded unless all else in it is as it was. */
  of(footer: Buffer, batches: readonly Stretch[], decode: () => Schema): FileSchema {
    if (this.schema && this.isLike(footer, batches)) return this.schema
    this.schema = null
    const schema = new FileSchema(decode())
    this.footer = Buffer.from(footer)
    this.batches = batches
    this.schema = schema
    return schema
  }

  private isLike(footer: Buffer, batches: readonly Stretch[]): boolean {
    const areWhereTheyWere = batches.every(
      ({ start, end }, n) => start === this.batches[n].start && end === this.batches[n].end,
    )
    if (footer.length !== this.footer.length || !areWhereTheyWere) return false
    let from = 0
    for (const { start, end } of [...batches].sort((a, b) => a.start - b.start)) {
      if (start > from && this.differs(footer, from, start)) return false
      from = Math.max(from, end)
    }
    return !this.differs(footer, from, footer.length)
  }

  private differs(footer: Buffer, start: number, end: number): boolean {
    return footer.compare(this.footer, start, end, start, end) !== 0
  }
}
