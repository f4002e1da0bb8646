// What other features may use of the company's words.
import { createEffect, onCleanup } from 'solid-js'
import { createRows } from '../../kernel/data.ts'
import { locale, setOwnWords, wordsIn } from '../../kernel/i18n/index.ts'
import { ownSentences } from './data.ts'
import { sayable } from './rules.ts'

/** Says the company's words on every screen, in each language, as they change. */
export function sayOwnWords(): void {
  const kept = createRows(ownSentences)
  createEffect(() => {
    const language = locale()
    const texts = kept.rows().find((row) => row.locale === language)?.texts
    if (!texts) return setOwnWords(language, {})
    let gone = false
    onCleanup(() => (gone = true))
    // one that lost a blank since, or whose sentence is no more, says nothing
    void wordsIn(language)
      .then((words) => gone || setOwnWords(language, sayable(texts, words, language)))
      .catch(() => undefined)
  })
  onCleanup(() => setOwnWords(locale(), {}))
}
