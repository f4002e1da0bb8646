import { For } from 'solid-js'
import { views } from '../../kernel/generated/analytics.ts'
import { locale, t } from '../../kernel/i18n/index.ts'

/** The views and columns that a login reads, with their meaning; the comments of the database itself. */
export function Dictionary() {
  const meaning = (thing: { en: string; fr: string }) => (locale() === 'fr' ? thing.fr : thing.en)
  return (
    <section class="section">
      <header>
        <h2>{t('analyst.dictionary')}</h2>
      </header>
      <p class="quiet small">{t('analyst.dictionaryHint')}</p>
      <For each={views}>
        {(view) => (
          <div class="card">
            <details>
              <summary>
                <strong class="mono">{view.name}</strong> <span class="small quiet">{meaning(view)}</span>
              </summary>
              <dl class="facts">
                <For each={view.columns}>
                  {(column) => (
                    <div>
                      <dt class="mono">{column.name}</dt>
                      <dd>
                        {meaning(column)} <span class="small quiet mono">{column.type}</span>
                      </dd>
                    </div>
                  )}
                </For>
              </dl>
            </details>
          </div>
        )}
      </For>
    </section>
  )
}
