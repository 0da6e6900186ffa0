// The package ships types, but its `exports` map hides them from modern module resolution.
declare module '@bokuweb/zstd-wasm' {
  export function init(): Promise<void>
  export function compress(data: Uint8Array, level?: number): Uint8Array
  export function decompress(data: Uint8Array): Uint8Array
}
