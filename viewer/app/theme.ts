const key = 'occlab-theme'

/** Takes the theme that was chosen last, if any; the system's otherwise. */
export function restoreTheme(): void {
  const chosen = localStorage.getItem(key)
  if (chosen) document.documentElement.style.colorScheme = chosen
}

/** Light becomes dark, dark becomes light, from whatever is shown now. */
export function toggleTheme(): void {
  const shown =
    document.documentElement.style.colorScheme ||
    (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')
  const next = shown === 'dark' ? 'light' : 'dark'
  document.documentElement.style.colorScheme = next
  localStorage.setItem(key, next)
}

/** Calls back when the system's theme changes. */
export function onThemeChange(changed: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed)
}
