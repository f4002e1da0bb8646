import { useNavigate } from '@solidjs/router'
import { createEffect, createResource, createSignal, Match, Show, Switch } from 'solid-js'
import { list } from '../../kernel/i18n/format.ts'
import { t } from '../../kernel/i18n/index.ts'
import { PASSWORD_LEAST, PASSWORD_MOST, weaknessOf } from '../../kernel/password.ts'
import { session, type InvitationCard } from '../../kernel/session.ts'
import { Door } from '../../kernel/ui/Door.tsx'
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
  const [card, { refetch }] = createResource(() =>
    token ? session.peekInvitation(token) : Promise.reject(Object.assign(new Error(), { code: 'STALE' })),
  )
  return (
    <Door title={t(card.error ? 'invitation.link' : 'invitation.title')}>
      <Switch>
        <Match when={card.error}>
          {(error) => (
            <Panel
              icon="link"
              title={explain(error())}
              actions={
                <>
                  <Button onClick={() => void refetch()}>{t('action.retry')}</Button>
                  <LinkButton kind="quiet" href="/">
                    {t('account.signIn')}
                  </LinkButton>
                </>
              }
            />
          )}
        </Match>
        <Match when={card.state === 'ready' && card()}>{(ready) => <Join token={token} card={ready()} />}</Match>
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
