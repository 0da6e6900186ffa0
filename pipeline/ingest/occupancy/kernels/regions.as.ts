/** AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs`. Regions of the kernel's memory, one after the other. */

/** Where the next region begins. */
let free: i32 = 0

export function startRegions(): void {
  free = (<i32>__heap_base + 31) & ~31
}

export function region(bytes: i32): i32 {
  const at = free
  free = (free + bytes + 31) & ~31
  return at
}

/** Makes the memory reach to the end of all regions and `more` bytes; what is new is zero. Growing fails by a trap, which the host makes an error. */
export function reserve(more: i32): void {
  const missing = ((free + more + 0xffff) >>> 16) - memory.size()
  // By a mebibyte at least: every growth takes the host's views away.
  if (missing > 0 && memory.grow(max(missing, 16)) < 0) unreachable()
}
