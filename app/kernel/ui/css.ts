import { createRenderEffect } from 'solid-js'

/** Keeps CSS properties of an element at these values: the content policy forbids style attributes. */
export function keepStyle(element: HTMLElement, values: () => Record<string, string>): void {
  createRenderEffect(() => {
    for (const [name, value] of Object.entries(values())) element.style.setProperty(name, value)
  })
}
