import './menu.css'
import { ContextMenu } from '@kobalte/core/context-menu'
import { DropdownMenu } from '@kobalte/core/dropdown-menu'
import { For, Show, type JSX } from 'solid-js'
import { Icon, type IconName } from './icons.tsx'

/** One thing that a menu does. */
export interface MenuChoice {
  icon: IconName
  label: string
  run: () => void
  /** Cannot be done now. */
  off?: boolean
  tone?: 'danger'
}

function Choices(props: { choices: MenuChoice[]; kind: typeof DropdownMenu | typeof ContextMenu }) {
  // Kobalte's two menus have the same parts.
  const Kind = props.kind as typeof DropdownMenu
  return (
    <Kind.Portal>
      <Kind.Content class="menu-list">
        <For each={props.choices}>
          {(choice) => (
            <Kind.Item class={`menu-item ${choice.tone ?? ''}`} disabled={choice.off} onSelect={choice.run}>
              <Icon name={choice.icon} />
              <span>{choice.label}</span>
            </Kind.Item>
          )}
        </For>
      </Kind.Content>
    </Kind.Portal>
  )
}

/** A button that opens a menu: the three points unless an icon is told. */
export function MenuButton(props: { label: string; choices: MenuChoice[]; icon?: IconName; class?: string }) {
  return (
    <DropdownMenu gutter={4} placement="bottom-end">
      <DropdownMenu.Trigger class={props.class ?? 'button icon-only quiet'} aria-label={props.label}>
        <Icon name={props.icon ?? 'more'} />
      </DropdownMenu.Trigger>
      <Choices choices={props.choices} kind={DropdownMenu} />
    </DropdownMenu>
  )
}

/** Something with a menu: by the right button or a long press on it, and by three points beside it, for keyboards and thumbs. */
export function WithMenu(props: { label: string; choices: MenuChoice[]; children: JSX.Element }) {
  return (
    <Show when={props.choices.length > 0} fallback={props.children}>
      <ContextMenu>
        <ContextMenu.Trigger class="with-menu">
          {props.children}
          <MenuButton label={props.label} choices={props.choices} />
        </ContextMenu.Trigger>
        <Choices choices={props.choices} kind={ContextMenu} />
      </ContextMenu>
    </Show>
  )
}
