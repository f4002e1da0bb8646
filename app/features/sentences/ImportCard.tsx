import { createSignal, For, Show } from 'solid-js'
import { run } from '../../kernel/data.ts'
import { number } from '../../kernel/i18n/format.ts'
import { plural, t, type Locale } from '../../kernel/i18n/index.ts'
import { announce } from '../../kernel/ui/dialogs.tsx'
import { explain } from '../../kernel/ui/explain.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Badge, Button, Note } from '../../kernel/ui/parts.tsx'
import { batches, MOST, MOST_TEXTS, tooMany, type Import, type Words } from './rules.ts'

/** What a translator's file would change, and each line that it will not; nothing is changed before the person says so. */
export function ImportCard(props: { read: Import; said: Words; language: Locale; onDone: () => void }) {
  const [busy, setBusy] = createSignal(false)
  const count = () => Object.keys(props.read.texts).length
  const full = () => tooMany(props.said, props.read.texts)
  const apply = async () => {
    setBusy(true)
    try {
      for (const texts of batches(props.read.texts)) await run('set_sentences', { locale: props.language, texts })
      announce(plural('sentence.imported', count()))
      props.onDone()
    } catch (error) {
      announce(explain(error), 'alert')
    } finally {
      setBusy(false)
    }
  }
  return (
    <section class="card form" aria-label={t('sentence.import')}>
      <div class="row wrap" role="status">
        <Badge icon="done" tone={count() ? 'ok' : ''}>
          {plural('sentence.ready', count())}
        </Badge>
        <Show when={props.read.same}>
          <Badge>{plural('sentence.same', props.read.same)}</Badge>
        </Show>
        <Show when={props.read.refused.length}>
          <Badge icon="alert" tone="danger">
            {plural('sentence.refused', props.read.refused.length)}
          </Badge>
        </Show>
      </div>
      <Show when={props.read.refused.length}>
        <ul class="sentence-faults">
          <For each={props.read.refused.slice(0, 100)}>
            {({ line, key, fault }) => (
              <li>
                <Icon name="alert" />
                <span class="grow">
                  <strong>{t('bulk.line', { number: line })}</strong> <span class="mono small quiet">{key}</span>
                  <br />
                  {fault === 'blanks' ? t('sentence.fault.blanksOf') : t(`sentence.fault.${fault}`, { most: MOST })}
                </span>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <Show when={full()}>
        <Note icon="alert" tone="danger">
          {t('sentence.tooMany', { most: number(MOST_TEXTS) })}
        </Note>
      </Show>
      <div class="row wrap">
        <Show when={count() && !full()}>
          <Button kind="primary" busy={busy()} onClick={() => void apply()}>
            {plural('sentence.apply', count())}
          </Button>
        </Show>
        <Button onClick={() => props.onDone()}>{t(count() ? 'action.cancel' : 'action.close')}</Button>
      </div>
    </section>
  )
}
