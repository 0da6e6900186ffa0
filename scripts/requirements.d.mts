export interface Requirement {
  name: string
  ok: boolean
  detail: string
}

export function checkNode(version: string): Requirement
export function checkSpace(space: { folder: string; bytes: number }[]): Requirement
