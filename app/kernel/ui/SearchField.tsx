import { Icon } from './icons.tsx'

/** The search box above a list; `label` says what it searches, aloud and inside. An empty one is undefined. */
export function SearchField(props: { label: string; value: string | undefined; onSearch: (text: string | undefined) => void }) {
  return (
    <div class="search">
      <Icon name="search" />
      <input
        class="input"
        type="search"
        aria-label={props.label}
        placeholder={props.label}
        value={props.value ?? ''}
        onInput={(event) => props.onSearch(event.currentTarget.value || undefined)}
      />
    </div>
  )
}
