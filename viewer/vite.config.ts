import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

export default defineConfig({
  // Relative addresses: the app works from any folder and needs no network but the server it came from.
  base: './',
  build: {
    outDir: fileURLToPath(new URL('../dist/viewer-app', import.meta.url)),
    emptyOutDir: true,
    // The server's content policy allows no data: addresses.
    assetsInlineLimit: 0,
    // three.js alone is more than Vite's limit, and this page comes from this machine.
    chunkSizeWarningLimit: 1500,
  },
})
