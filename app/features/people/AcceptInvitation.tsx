import { useNavigate } from '@solidjs/router'
import { createEffect, createResource, createSignal, Match, Show, Switch } from 'solid-js'
import { AppError, toAppError } from '../../kernel/errors.ts'
import { list } from '../../kernel/i18n/format.ts'
import { t } from '../../kernel/i18n/index.ts'
import { PASSWORD_LEAST, PASSWORD_MOST, weaknessOf } from '../../kernel/password.ts'
import { session, type InvitationCard } from '../../kernel/session.ts'
import { Door } from '../../kernel/ui/Door.tsx'
import { until } from '../../kernel/until.ts'
import { explain } from '../../kernel/ui/explain.ts'
import { FormNotes, TextField } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Avatar, Button, LinkButton, Panel } from '../../kernel/ui/parts.tsx'
import { roleName } from './labels.ts'

const KEPT = 'aplomb.invitation'

/** Takes the token out of the address, so that it stays in no history, and keeps it for this tab. */
function takeToken(): string {
  const token = location.hash.slice(1)
  if (token) {
    sessionStorage.setItem(KEPT, token)
    history.replaceState(history.state, '', location.pathname)
  }
  return token || (sessionStorage.getItem(KEPT) ?? '')
}

/** What an invitation link opens: who invites, as what, and joining with a new or a known account. */
export default function AcceptInvitation() {
  const token = takeToken()
  const [joined, setJoined] = createSignal<string | null>(null)
  const [card, { refetch }] = createResource(() => (token ? peek(token) : Promise.reject(new AppError('STALE'))))
  /** What the invitation says. Once it has served, who came in by it is told so: accepting again answers their company and changes nothing. */
  async function peek(token: string): Promise<InvitationCard | null> {
    try {
      return await session.peekInvitation(token)
    } catch (error) {
      await until(() => session.user() !== undefined)
      if (toAppError(error).code !== 'STALE' || !session.user()) throw error
      const company = await session.acceptInvitation(token, session.user()!.email).catch(() => null)
      if (!company) throw error
      setJoined(session.companies().find((each) => each.company_id === company)?.company_name ?? 'Aplomb')
      return null
    }
  }
  return (
    <Door title={t(card.error ? 'invitation.link' : 'invitation.title')}>
      <Switch>
        <Match when={joined()}>
          {(company) => (
            <Panel
              icon="done"
              tone="ok"
              title={t('invitation.joined', { company: company() })}
              actions={
                <LinkButton kind="primary" href="/">
                  {t('invitation.open')}
                </LinkButton>
              }
            >
              {t('invitation.joinedBody')}
            </Panel>
          )}
        </Match>
        <Match when={card.error}>
          {(error) => (
            <Panel
              icon="link"
              title={explain(error())}
              actions={
                <>
                  <LinkButton kind="primary" href="/">
                    {t(session.user() ? 'invitation.open' : 'account.signIn')}
                  </LinkButton>
                  <Show when={toAppError(error()).fate === 'retry'}>
                    <Button onClick={() => void refetch()}>{t('action.retry')}</Button>
                  </Show>
                </>
              }
            >
              {t(session.user() ? 'invitation.askAnother' : 'invitation.alreadyUsed')}
            </Panel>
          )}
        </Match>
        <Match when={card.state === 'ready' ? card() : null}>{(ready) => <Join token={token} card={ready()} />}</Match>
        <Match when={true}>
          <div class="skeletons" role="status">
            <span class="visually-hidden">{t('state.loading')}</span>
            <div class="skeleton" />
          </div>
        </Match>
      </Switch>
    </Door>
  )
}

function Join(props: { token: string; card: InvitationCard }) {
  const navigate = useNavigate()
  const [known, setKnown] = createSignal(false)
  const { card } = props
  const form = createForm({
    initial: { full_name: card.full_name ?? session.company()?.full_name ?? '', email: card.email ?? '', password: '' },
    required: () => (session.user() ? ['full_name'] : known() ? ['email', 'password'] : ['full_name', 'email', 'password']),
    check({ full_name, email, password }) {
      const weakness = session.user() || known() ? null : weaknessOf(password, [email.split('@')[0], full_name])
      return weakness ? { password: weakness } : {}
    },
    async send({ full_name, email, password }) {
      if (!session.user()) {
        if (known()) await session.signIn(email.trim(), password)
        else await session.signUp(email.trim(), password, full_name.trim())
      }
      await session.acceptInvitation(props.token, full_name.trim() || session.company()?.full_name || card.full_name || email.trim())
      sessionStorage.removeItem(KEPT)
      navigate('/', { replace: true })
    },
  })
  // The name may arrive with the stored session.
  createEffect(() => {
    const name = session.company()?.full_name
    if (name && !form.values.full_name) form.suggest('full_name', name)
  })
  return (
    <div class="stack">
      <div class="card">
        <div class="row">
          <Avatar name={card.company_name} />
          <div class="grow">
            <p class="strong">{card.company_name}</p>
            <p class="small quiet">{t('invitation.from', { name: card.inviter_name })}</p>
          </div>
        </div>
        <dl class="facts">
          <div>
            <dt>{t('invitation.as')}</dt>
            <dd>{list(card.roles.map(roleName))}</dd>
          </div>
          <Show when={card.site_names.length}>
            <div>
              <dt>{t('nav.sites')}</dt>
              <dd>{list(card.site_names)}</dd>
            </div>
          </Show>
        </dl>
      </div>
      <form class="form" noValidate onSubmit={form.submit}>
        <FormNotes form={form} />
        <Show when={!session.user()} fallback={<p class="small quiet">{t('invitation.signedInAs', { email: session.user()?.email ?? '' })}</p>}>
          <div class="tiles">
            <label class="tile">
              <input type="radio" name="account" checked={!known()} onChange={() => setKnown(false)} />
              <span>{t('invitation.newAccount')}</span>
            </label>
            <label class="tile">
              <input type="radio" name="account" checked={known()} onChange={() => setKnown(true)} />
              <span>{t('invitation.knownAccount')}</span>
            </label>
          </div>
        </Show>
        <Show when={session.user() || !known()}>
          <TextField form={form} name="full_name" label={t('field.full_name')} autocomplete="name" maxlength={120} />
        </Show>
        <Show when={!session.user()}>
          <TextField form={form} name="email" type="email" label={t('field.email')} autocomplete="username" />
          <TextField
            form={form}
            name="password"
            type="password"
            label={t('field.password')}
            hint={known() ? undefined : t('account.passwordHint', { least: PASSWORD_LEAST })}
            autocomplete={known() ? 'current-password' : 'new-password'}
            maxlength={PASSWORD_MOST}
          />
        </Show>
        <Button kind="primary" type="submit" field class="wide" busy={form.busy()}>
          {t('invitation.join', { company: card.company_name })}
        </Button>
        <Show when={session.user()}>
          <Button kind="quiet" onClick={() => session.signOut({ force: false }).catch(() => navigate('/account'))}>
            {t('invitation.otherAccount')}
          </Button>
        </Show>
      </form>
    </div>
  )
}
