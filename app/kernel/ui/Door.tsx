import { createEffect, For, onMount, type JSX } from 'solid-js'
import { screenMounted } from '../first-screen.ts'
import { locale, locales, setLocale, t, type Locale } from '../i18n/index.ts'
import { dress } from './font.ts'
import { Icon } from './icons.tsx'

const promises = [
  { key: 'offline', icon: 'offline' },
  { key: 'routed', icon: 'fork' },
  { key: 'figures', icon: 'chart' },
] as const

/** The frame of screens before a company: the name, one card, and the language. */
export function Door(props: { title: string; intro?: JSX.Element; children: JSX.Element; foot?: JSX.Element }) {
  createEffect(() => (document.title = `${props.title} · Aplomb`))
  dress()
  onMount(screenMounted)
  return (
    <div class="door">
      <aside class="door-side only-desk">
        <p class="door-promise">{t('door.promise')}</p>
        <ul>
          <For each={promises}>
            {({ key, icon }) => (
              <li>
                <span class="door-icon">
                  <Icon name={icon} />
                </span>
                <span>
                  <strong>{t(`door.${key}`)}</strong>
                  <small>{t(`door.${key}Body`)}</small>
                </span>
              </li>
            )}
          </For>
        </ul>
      </aside>
      <header class="brand">
        <Icon name="plumb" />
        <span>Aplomb</span>
      </header>
      <main class="door-card" id="main">
        <h1>{props.title}</h1>
        {props.intro}
        {props.children}
      </main>
      <footer class="door-foot">
        {props.foot}
        <label class="door-language">
          <Icon name="globe" />
          <span class="visually-hidden">{t('account.language')}</span>
          <select onChange={(event) => setLocale(event.currentTarget.value as Locale)}>
            <For each={Object.entries(locales)}>
              {([key, name]) => (
                <option value={key} selected={key === locale()}>
                  {name}
                </option>
              )}
            </For>
          </select>
        </label>
      </footer>
    </div>
  )
}
