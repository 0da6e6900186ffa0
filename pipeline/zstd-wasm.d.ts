// The package ships types, but its `exports` map hides them from modern module resolution.
declare module '@bokuweb/zstd-wasm' {
  export function init(): Promise<void>
  export function compress(data: Uint8Array, level?: number): Uint8Array
  /** `defaultHeapSize`: room for the content of a frame that does not say how long it is. */
  export function decompress(data: Uint8Array, options?: { defaultHeapSize: number }): Uint8Array
}
