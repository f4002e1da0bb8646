import { createResource, createSignal, For, Match, Show, Switch } from 'solid-js'
import { roleScopes } from '../../kernel/generated/rights.ts'
import { ago, date } from '../../kernel/i18n/format.ts'
import { plural, t } from '../../kernel/i18n/index.ts'
import { session } from '../../kernel/session.ts'
import { announce, confirm } from '../../kernel/ui/dialogs.tsx'
import { explain } from '../../kernel/ui/explain.ts'
import { ChecksField, FormNotes, TextField } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Page } from '../../kernel/ui/Page.tsx'
import { Badge, Button, Note, Panel } from '../../kernel/ui/parts.tsx'
import { ConnectionCard } from './ConnectionCard.tsx'
import { analystLogins, createAnalystLogin, renewAnalystLogin, revokeAnalystLogin, type AnalystLogin, type Connection } from './data.ts'
import { Dictionary } from './Dictionary.tsx'

/** Logins that one company may have at once; the server counts too. */
const MOST = 10

/** Logins of analysts: made here, told once, taken away in one click; and what they can read. */
export default function Analysts() {
  return (
    <Page title={t('analyst.title')} back="/company" narrow>
      <Show
        when={session.can('analyst.manage')}
        fallback={
          <Panel icon="lock" title={t('state.refused')}>
            {t('state.refusedBody')}
          </Panel>
        }
      >
        <Logins />
        <Dictionary />
      </Show>
    </Page>
  )
}

function Logins() {
  const [logins, { refetch }] = createResource(() => analystLogins())
  const [told, setTold] = createSignal<{ connection: Connection; label: string } | null>(null)
  const living = () => (logins.error ? [] : (logins.latest ?? [])).filter((login) => !login.revoked_at)

  const tell = (connection: Connection, label: string) => {
    setTold({ connection, label })
    scrollTo(0, 0)
    void refetch()
  }
  /** Asks first, then does it; what goes wrong is said. */
  async function attempt(login: AnalystLogin, kind: 'renew' | 'revoke', work: () => Promise<unknown>) {
    const sure = await confirm({
      title: t(`analyst.${kind}Title`, { label: login.label }),
      body: t(`analyst.${kind}Body`),
      action: t(`analyst.${kind}`),
      danger: kind === 'revoke',
    })
    if (!sure) return
    try {
      await work()
    } catch (error) {
      announce(explain(error), 'alert')
    }
    void refetch()
  }
  const renew = (login: AnalystLogin) => attempt(login, 'renew', async () => tell(await renewAnalystLogin(login.id), login.label))
  const revoke = (login: AnalystLogin) =>
    attempt(login, 'revoke', async () => {
      await revokeAnalystLogin(login.id)
      setTold(null)
      announce(t('analyst.revoked', { label: login.label }))
    })

  return (
    <>
      <Show when={told()}>{(one) => <ConnectionCard connection={one().connection} label={one().label} onDone={() => setTold(null)} />}</Show>
      <section class="section">
        <header>
          <h2>{t('analyst.logins')}</h2>
        </header>
        <p class="quiet small">{t('analyst.intro')}</p>
        <Switch>
          <Match when={logins.error}>
            {(error) => (
              <Note
                icon="offline"
                action={
                  <Button kind="quiet" onClick={() => void refetch()}>
                    {t('action.retry')}
                  </Button>
                }
              >
                {t('analyst.online')} {explain(error())}
              </Note>
            )}
          </Match>
          <Match when={logins.loading && !logins.latest}>
            <div class="skeletons">
              <div class="skeleton" />
            </div>
          </Match>
          <Match when={logins.latest?.length === 0}>
            <p class="quiet">{t('analyst.none')}</p>
          </Match>
          <Match when={logins.latest}>
            {(all) => (
              <ul class="items">
                <For each={all()}>{(login) => <Login login={login} onRenew={() => renew(login)} onRevoke={() => revoke(login)} />}</For>
              </ul>
            )}
          </Match>
        </Switch>
      </section>
      <Show
        when={!logins.error && living().length < MOST}
        fallback={<Show when={!logins.error}>{<Note icon="info">{t('analyst.full')}</Note>}</Show>}
      >
        <NewLogin onMade={tell} />
      </Show>
    </>
  )
}

function Login(props: { login: AnalystLogin; onRenew: () => void; onRevoke: () => void }) {
  const { login } = props
  return (
    <li class="item">
      <span class="glyph">
        <Icon name={login.revoked_at ? 'lock' : 'laptop'} />
      </span>
      <div class="grow">
        <p class="item-title">{login.label}</p>
        <p class="item-line">
          <code class="mono">{login.login}</code>
        </p>
        <p class="item-line">
          <Show when={login.revoked_at} fallback={<span>{t('analyst.since', { date: date(login.renewed_at ?? login.created_at) })}</span>}>
            {(at) => <span>{t('analyst.revokedAgo', { ago: ago(at()) })}</span>}
          </Show>
        </p>
        <p class="item-badges">
          <Show when={login.finance}>
            <Badge icon="money">{t('analyst.finance')}</Badge>
          </Show>
          <Show when={login.safety}>
            <Badge icon="safety">{t('analyst.safety')}</Badge>
          </Show>
          <Show when={login.connections > 0}>
            <Badge tone="ok" icon="check">
              {plural('analyst.connected', login.connections)}
            </Badge>
          </Show>
        </p>
        <Show when={!login.revoked_at}>
          <div class="item-badges">
            <Button aria-label={t('analyst.renewOf', { label: login.label })} onClick={props.onRenew}>
              {t('analyst.renew')}
            </Button>
            <Button kind="danger" aria-label={t('analyst.revokeOf', { label: login.label })} onClick={props.onRevoke}>
              {t('analyst.revoke')}
            </Button>
          </div>
        </Show>
      </div>
    </li>
  )
}

/** True when one of the person's roles sees these rows everywhere: nobody gives more than they have. */
const holds = (kind: string) => roleScopes.some((scope) => scope.kind === kind && session.company()?.roles.includes(scope.role))

function NewLogin(props: { onMade: (connection: Connection, label: string) => void }) {
  const form = createForm({
    initial: { label: '', more: [] as string[] },
    required: () => ['label'],
    async send({ label, more }) {
      props.onMade(await createAnalystLogin(label.trim(), more.includes('finance'), more.includes('safety')), label.trim())
      form.restart()
    },
  })
  const options = () =>
    (['finance', 'safety'] as const)
      .filter((kind) => holds(`sites:${kind}`))
      .map((kind) => ({ value: kind, label: t(`analyst.${kind}`), hint: t(`analyst.${kind}Hint`) }))
  return (
    <form class="card form" noValidate onSubmit={form.submit}>
      <h2>{t('analyst.new')}</h2>
      <FormNotes form={form} />
      <TextField form={form} name="label" label={t('analyst.label')} hint={t('analyst.labelHint')} maxlength={120} />
      <Show when={options().length} fallback={<p class="small quiet">{t('analyst.plain')}</p>}>
        <ChecksField form={form} name="more" label={t('analyst.more')} hint={t('analyst.moreHint')} options={options()} />
      </Show>
      <div>
        <Button kind="primary" type="submit" icon="plus" busy={form.busy()}>
          {t('analyst.create')}
        </Button>
      </div>
    </form>
  )
}
