export interface Download {
  url: string
  target: string
  sha256: string
  size: number
  onProgress?: (done: number, total: number) => void
  onNote?: (text: string) => void
  pauseMs?: number
}

export function download(job: Download): Promise<void>
