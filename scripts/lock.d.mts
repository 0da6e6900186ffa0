export function withLock<T>(file: string, work: () => Promise<T>, onWait?: (owner: string) => void): Promise<T>
