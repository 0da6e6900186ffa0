type Props<K extends keyof HTMLElementTagNameMap> = Partial<Omit<HTMLElementTagNameMap[K], 'style' | 'dataset'>> & {
  data?: Record<string, string>
}

/** An element with properties, `data-` attributes and children. Text is always text, never markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { data = {}, ...props }: Props<K> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  Object.assign(made, props)
  Object.assign(made.dataset, data)
  made.append(...children)
  return made
}

export interface Choice<T> {
  value: T
  label: string
  title?: string
}

export interface Segmented<T> {
  element: HTMLElement
  /** Marks the chosen one; null marks none. */
  show(value: T | null): void
}

/** A row of buttons of which one is chosen. */
export function segmented<T>(label: string, choices: Choice<T>[], choose: (value: T) => void): Segmented<T> {
  const buttons = choices.map(({ value, label: text, title = '' }) => ({
    value,
    button: element('button', { type: 'button', title, onclick: () => choose(value) }, text),
  }))
  const group = element('div', { className: 'segmented', role: 'group', ariaLabel: label })
  group.append(...buttons.map(({ button }) => button))
  return {
    element: group,
    show: (chosen) => {
      for (const { value, button } of buttons) button.ariaPressed = String(value === chosen)
    },
  }
}
