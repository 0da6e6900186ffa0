/** One key and what it does; the help dialog is made of this same list. */
export interface KeyBinding {
  keys: readonly string[]
  /** How the key is written in the help. */
  shown: string
  says: string
  run(key: string): void
}

/** Listens to the keyboard, except while a person is in a control that uses the key itself. */
export function listenToKeys(bindings: readonly KeyBinding[]): void {
  window.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const target = event.target as HTMLElement
    if (target instanceof HTMLSelectElement || document.querySelector('dialog[open]')) return
    // A slider moves itself by arrows, and a focused button is pressed by space: both would count twice.
    const own = target instanceof HTMLInputElement && target.type === 'range' ? /^(Arrow|Home|End)/ : /^$/
    if (own.test(event.key) || (event.key === ' ' && target instanceof HTMLButtonElement)) return
    const binding = bindings.find(({ keys }) => keys.includes(event.key))
    if (!binding) return
    event.preventDefault()
    binding.run(event.key)
  })
}
