import { createContext, Show, splitProps, useContext, type Component, type ComponentProps } from 'solid-js'
import { Dynamic } from 'solid-js/web'

/** What features put into the frame of every screen; the frame knows their places alone. */
export interface Slots {
  /** Search and everything that can be done. */
  palette: Component<{ onClose: () => void; onHelp: () => void }>
  /** The keys that work everywhere. */
  help: Component<{ onClose: () => void }>
  /** What kind of company this is. */
  mark: Component
  /** On a phone, a pull that asks for news. */
  pull: Component
  /** How many things wait behind a place of the navigation; `id` names the sentence that says so. */
  count: Component<{ href: string; id: string }>
  /** The screens that this person keeps at hand. */
  favourites: Component
  /** What the person and the company have made their own on every screen: the order of the menu, its words. */
  own: Component
  /** Keeps a screen at hand, or lets go of it. */
  star: Component<{ title: string; top?: boolean }>
  /** The company's logo. */
  logo: Component
  /** A person's portrait. */
  portrait: Component<{ id: string; name: string }>
}

export const SlotsContext = createContext<Slots>()

/** A feature's part in its place; nothing on screens outside a company. */
export function Slot<N extends keyof Slots>(props: { name: N } & ComponentProps<Slots[N]>) {
  const slots = useContext(SlotsContext)
  const [own, rest] = splitProps(props as { name: N }, ['name'])
  return <Show when={slots}>{(known) => <Dynamic component={known()[own.name] as Component} {...rest} />}</Show>
}
