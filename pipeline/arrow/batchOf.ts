import { type Data, makeData, RecordBatch, type Schema, Struct } from 'apache-arrow'

/** A record batch of `schema` from one `Data` a field, in the schema's order. */
export function batchOf(schema: Schema, columns: Data[], rows: number): RecordBatch {
  const data = makeData({ type: new Struct(schema.fields), length: rows, nullCount: 0, children: columns })
  return new RecordBatch(schema, data)
}
