import { For } from 'solid-js'
import { t } from '../../kernel/i18n/index.ts'
import { announce } from '../../kernel/ui/dialogs.tsx'
import { Button, Note } from '../../kernel/ui/parts.tsx'

/** The codes that replace a lost factor, shown this once: to copy or to print. */
export function RecoveryCodes(props: { codes: string[]; onDone: () => void }) {
  const copy = async () => {
    await navigator.clipboard.writeText(props.codes.join('\n'))
    announce(t('account.copied'))
  }
  return (
    <section class="form">
      <h2>{t('account.recoveryCodes')}</h2>
      <Note icon="lock" tone="warn">
        {t('account.recoveryKeep')}
      </Note>
      <ul class="recovery-codes mono">
        <For each={props.codes}>{(code) => <li>{code}</li>}</For>
      </ul>
      <div class="row wrap">
        <Button icon="copy" onClick={() => void copy()}>
          {t('account.copy')}
        </Button>
        <Button icon="download" onClick={() => print()}>
          {t('account.print')}
        </Button>
      </div>
      <Button kind="primary" field class="wide" onClick={() => props.onDone()}>
        {t('account.recoveryKept')}
      </Button>
    </section>
  )
}
