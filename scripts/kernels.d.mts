/** SHA-256 over names and bytes of the kernels' sources. */
export function sourceHash(): string
