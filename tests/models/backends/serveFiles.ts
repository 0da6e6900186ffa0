import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What is served at each path. */
export type ServedFiles = Readonly<Record<string, { type: string; body: string | Uint8Array }>>

/** Serves files from memory on a free port of this machine alone. */
export async function serveFiles(files: ServedFiles): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(({ url }, response) => {
    const file = files[new URL(url ?? '', 'http://127.0.0.1').pathname]
    response.writeHead(file ? 200 : 404, { 'content-type': file?.type ?? 'text/plain' }).end(file?.body)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  const close = () => new Promise<void>((closed) => server.close(() => closed()))
  return { url: `http://127.0.0.1:${port}/`, close }
}
