import { Show } from 'solid-js'
import { run } from '../../kernel/data.ts'
import { list } from '../../kernel/i18n/format.ts'
import { t, type Locale } from '../../kernel/i18n/index.ts'
import { announce } from '../../kernel/ui/dialogs.tsx'
import { explain } from '../../kernel/ui/explain.ts'
import { FormNotes, TextArea } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Button } from '../../kernel/ui/parts.tsx'
import { Sheet } from '../../kernel/ui/Sheet.tsx'
import { blanksOf, faultOf, MOST, type Words } from './rules.ts'

/** One sentence: what the screens came with, and what the company says instead. */
export function SentenceSheet(props: { name: string; language: Locale; words: Words; text: string | undefined; onClose: () => void }) {
  const { name, language, words } = props
  const original = words[name] ?? ''
  const blanks = blanksOf(original)
  const set = async (text: string | null) => {
    await run('set_sentences', { locale: language, texts: { [name]: text } })
    props.onClose()
    announce(t(text === null ? 'sentence.restored' : 'sentence.saved'))
  }
  const form = createForm({
    initial: { text: props.text ?? original },
    required: () => ['text'],
    check: ({ text }) => (faultOf(name, text.trim(), words, language) ? { text: 'WRONG' } : {}),
    send: ({ text }) => set(text.trim() === original ? null : text.trim()),
  })
  const says = () => {
    const fault = faultOf(name, form.values.text.trim(), words, language)
    return fault && t(`sentence.fault.${fault}`, { blanks: list(blanks), most: MOST })
  }
  const restore = () => set(null).catch((error: unknown) => announce(explain(error), 'alert'))
  return (
    <Sheet title={t('sentence.edit')} onClose={props.onClose}>
      <form class="form" noValidate onSubmit={form.submit}>
        <FormNotes form={form} />
        <div class="sentence-original">
          <p class="small quiet">{t('sentence.original')}</p>
          <p>{original}</p>
        </div>
        <TextArea
          form={form}
          name="text"
          label={t('sentence.text')}
          maxlength={MOST}
          hint={blanks.length ? t('sentence.blanks', { blanks: list(blanks) }) : undefined}
          says={says()}
        />
        <div class="row wrap">
          <Button kind="primary" type="submit" busy={form.busy()}>
            {t('action.save')}
          </Button>
          <Show when={props.text !== undefined}>
            <Button icon="reopen" onClick={() => void restore()}>
              {t('sentence.restore')}
            </Button>
          </Show>
        </div>
      </form>
    </Sheet>
  )
}
