import { For, Show } from 'solid-js'
import { onlyHere } from '../../kernel/addresses.ts'
import { t, type Key } from '../../kernel/i18n/index.ts'
import { announce } from '../../kernel/ui/dialogs.tsx'
import { Button, Note } from '../../kernel/ui/parts.tsx'
import { connectionString, type Connection } from './data.ts'

/** How to connect, shown once: as one line, and field by field for programs that ask so. */
export function ConnectionCard(props: { connection: Connection; label: string; onDone: () => void }) {
  const fields = (): [Key, string][] => [
    ['analyst.host', props.connection.host],
    ['analyst.port', String(props.connection.port)],
    ['analyst.database', props.connection.database],
    ['analyst.user', props.connection.login],
    ['field.password', props.connection.password],
  ]
  const copy = async () => {
    await navigator.clipboard.writeText(connectionString(props.connection))
    announce(t('analyst.copied'), 'copy')
  }
  return (
    <section class="card stack" aria-labelledby="analyst-connection">
      <h2 id="analyst-connection">{t('analyst.ready', { label: props.label })}</h2>
      <Note icon="alert" tone="warn">
        {t('analyst.once')}
      </Note>
      <Show when={onlyHere(props.connection.host)}>
        <Note icon="info">{t('analyst.thisComputer')}</Note>
      </Show>
      <label class="field">
        <span class="label">{t('analyst.string')}</span>
        <textarea class="input mono" rows={4} readOnly value={connectionString(props.connection)} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <dl class="facts">
        <For each={fields()}>
          {([key, value]) => (
            <div>
              <dt>{t(key)}</dt>
              <dd class="mono">{value}</dd>
            </div>
          )}
        </For>
      </dl>
      <div class="row wrap">
        <Button kind="primary" icon="copy" field onClick={copy}>
          {t('analyst.copy')}
        </Button>
        <Button field onClick={props.onDone}>
          {t('analyst.noted')}
        </Button>
      </div>
    </section>
  )
}
