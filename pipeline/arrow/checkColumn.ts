import { type Data, DataType } from 'apache-arrow'

/**
 * Checks that a column of a batch holds as many entries as the batch has rows: both lengths stand in its head, and where a
 * bit has flipped they promise more than there is. Throws RangeError.
 */
export function checkColumn(name: string, column: Data, rows: number): void {
  if (column.length !== rows || !hasRoom(column)) throw new RangeError(`column '${name}' is not of ${rows} rows`)
}

function hasRoom(data: Data): boolean {
  const { type, length, stride, values, children } = data
  if (length === 0 || DataType.isNull(type)) return true
  if (DataType.isUnion(type)) return hasRoomForKinds(data)
  if (DataType.isStruct(type)) return children.every((child) => child.length >= length && hasRoom(child))
  if (DataType.isFixedSizeList(type)) return children[0].length >= length * stride && hasRoom(children[0])
  if (DataType.isList(type) || DataType.isLargeList(type) || DataType.isMap(type))
    return endOf(data) <= children[0].length && hasRoom(children[0])
  if (DataType.isUtf8(type) || DataType.isBinary(type) || DataType.isLargeUtf8(type) || DataType.isLargeBinary(type))
    return endOf(data) <= values.length
  return (DataType.isBool(type) ? 8 * values.length : values.length / stride) >= length
}

/** Where the last entry ends; nowhere when there are fewer. */
function endOf({ length, valueOffsets }: Data): number {
  return valueOffsets.length > length ? Number(valueOffsets[length]) : Number.POSITIVE_INFINITY
}

/** Whether a union's kinds, and where they point to places, those suffice. */
function hasRoomForKinds({ type, length, typeIds, valueOffsets, children }: Data): boolean {
  if (typeIds.length < length || !children.every(hasRoom)) return false
  if (DataType.isDenseUnion(type)) return valueOffsets.length >= length
  return children.every((child) => child.length >= length)
}
