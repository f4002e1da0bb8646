import { useNavigate } from '@solidjs/router'
import { createMemo, createSignal, For, Show } from 'solid-js'
import { unwrap } from 'solid-js/store'
import type { OutboxItem } from '../../kernel/contract.ts'
import type { CommandName, Commands } from '../../kernel/generated/commands.ts'
import { dateTime } from '../../kernel/i18n/format.ts'
import { t } from '../../kernel/i18n/index.ts'
import { outbox } from '../../kernel/status.ts'
import { announce, confirm } from '../../kernel/ui/dialogs.tsx'
import { explain } from '../../kernel/ui/explain.ts'
import { Page } from '../../kernel/ui/Page.tsx'
import { useParams } from '../../kernel/ui/params.ts'
import { Button, LinkButton, Note, Panel } from '../../kernel/ui/parts.tsx'
import { Choices } from './Choices.tsx'
import { commandName, mendables, mended } from './describe.ts'

/** One refused command: why, what it said, and sending it again, as it was or mended. */
export default function Mend() {
  const params = useParams<{ id: string }>()
  const item = createMemo<OutboxItem | undefined>((before) => outbox.items().find((each) => each.id === params.id) ?? before)
  return (
    <Page title={item() ? commandName(item()!) : t('sync.mend')} back="/sync" backAlways narrow>
      <Show
        when={item()}
        keyed
        fallback={
          <Panel icon="done" title={t('sync.gone')} actions={<LinkButton href="/sync">{t('sync.title')}</LinkButton>}>
            {t('sync.goneBody')}
          </Panel>
        }
      >
        {(found) => <Form item={found} />}
      </Show>
    </Page>
  )
}

function Form(props: { item: OutboxItem }) {
  const navigate = useNavigate()
  const { item } = props
  const args = structuredClone(unwrap(item.args)) as Record<string, unknown>
  // Uncontrolled fields: each writes into its own entry.
  const fields = mendables(args)
  const [problem, setProblem] = createSignal<unknown>(item.state === 'refused' ? item : null)
  const [busy, setBusy] = createSignal(false)

  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      const sent = await outbox.resend(item.id, mended(args, fields) as Commands[CommandName])
      announce(t(sent ? 'sync.resent' : 'sync.resentElsewhere'), sent ? 'send' : 'alert')
      navigate('/sync', { replace: true })
    } catch (error) {
      setProblem(error)
    } finally {
      setBusy(false)
    }
  }
  const discard = async () => {
    if (!(await confirm({ title: t('sync.discardTitle'), body: t('sync.discardBody'), action: t('sync.discard'), danger: true }))) return
    await outbox.discard(item.id)
    navigate('/sync', { replace: true })
  }
  return (
    <>
      <Show when={problem()}>
        {(error) => (
          <Note icon="stop" tone="danger">
            <p class="strong">{explain(error())}</p>
            <p>{t('sync.keptHere', { time: dateTime(item.createdAt) })}</p>
          </Note>
        )}
      </Show>
      <form class="form" noValidate onSubmit={send}>
        <Choices args={args} onChoose={(name, value) => (args[name] = value)} />
        <For each={fields}>
          {(field) => {
            const set = (value: string) => (field.value = value)
            return (
              <label class="field">
                <span class="label">{field.label}</span>
                <Show
                  when={field.kind === 'long'}
                  fallback={
                    <input
                      class="input"
                      type={field.kind === 'date' ? 'date' : 'text'}
                      inputmode={field.kind === 'number' ? 'decimal' : undefined}
                      value={field.value}
                      aria-invalid={item.field === field.path.at(-1) ? 'true' : undefined}
                      onInput={(event) => set(event.currentTarget.value)}
                    />
                  }
                >
                  <textarea class="input" rows={4} value={field.value} onInput={(event) => set(event.currentTarget.value)} />
                </Show>
              </label>
            )
          }}
        </For>
        <Show when={fields.length === 0 && !('site_id' in args)}>
          <p class="quiet">{t('sync.nothingToMend')}</p>
        </Show>
        <div class="sticky-actions">
          <Button kind="plain" icon="trash" field onClick={discard}>
            {t('sync.discard')}
          </Button>
          <Button kind="primary" type="submit" icon="send" field busy={busy()}>
            {t('sync.resend')}
          </Button>
        </div>
      </form>
    </>
  )
}
