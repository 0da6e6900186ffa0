/** Files named by a number, such as `<folder>000012<ending>`, in order of it. */
export function numberedFiles(files: readonly string[], folder: string, ending: string): Map<number, string> {
  const found = files
    .filter((file) => file.startsWith(folder) && file.endsWith(ending))
    .map((file) => [file.slice(folder.length, file.length - ending.length), file] as const)
    .filter(([name]) => /^\d{1,15}$/.test(name))
    .map(([name, file]) => [Number(name), file] as const)
  return new Map(found.sort(([a], [b]) => a - b))
}
