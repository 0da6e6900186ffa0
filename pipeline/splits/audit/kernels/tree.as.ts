/** AssemblyScript, compiled by `scripts/kernels.mjs`. The tree that is made and searched: one for each instance of the kernel. */

export let coordinates: i32 = 0
export let numbers: i32 = 0
export let nodes: i32 = 0
export let count: i32 = 0
export let depth: i32 = 0
export let leaves: i32 = 0

/**
 * @param coordinatesAt - [count, 32], int16, put in the tree's order by `build`. @param numbersAt - [count], int32, moved along.
 * @param nodesAt - room for 2^depth nodes, of which the first is not used.
 */
export function setTree(coordinatesAt: i32, numbersAt: i32, nodesAt: i32, memberCount: i32, treeDepth: i32): void {
  coordinates = coordinatesAt
  numbers = numbersAt
  nodes = nodesAt
  count = memberCount
  depth = treeDepth
  leaves = 1 << depth
}
