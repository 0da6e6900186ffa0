/** SHA-256 over names and bytes of a kernel's sources. */
export function sourceHash(name?: 'voxels' | 'columns' | 'pairs' | 'signatures'): string
