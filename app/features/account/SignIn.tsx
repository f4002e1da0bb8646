import { A, useNavigate, useSearchParams } from '@solidjs/router'
import { createEffect, Show } from 'solid-js'
import { plural, t } from '../../kernel/i18n/index.ts'
import { session } from '../../kernel/session.ts'
import { sync } from '../../kernel/status.ts'
import { Door } from '../../kernel/ui/Door.tsx'
import { FormNotes, TextField } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Button, Note } from '../../kernel/ui/parts.tsx'
import { safeNext } from './next.ts'

/** Signs in; or again, when the server has ended the session: unsent work waits meanwhile. */
export default function SignIn() {
  const navigate = useNavigate()
  const [search] = useSearchParams<{ next?: string }>()
  createEffect(() => {
    if (!session.user() || session.expired()) return
    const next = safeNext(search.next)
    navigate(session.proofOwed() ? `/proof?next=${encodeURIComponent(next)}` : next, { replace: true })
  })
  const form = createForm({
    initial: { email: session.user()?.email ?? '', password: '' },
    required: () => ['email', 'password'],
    send: ({ email, password }) => session.signIn(email.trim(), password),
  })
  // What was typed goes along to the screens that send a link.
  const typed = () => (form.values.email.trim() ? `?email=${encodeURIComponent(form.values.email.trim())}` : '')
  return (
    <Door
      title={t('account.signIn')}
      foot={
        <p>
          {t('account.noAccount')} <A href="/sign-up">{t('account.signUp')}</A>
        </p>
      }
    >
      <Show when={session.user() && session.expired()}>
        <Note icon="lock" tone="warn">
          {sync.pending() ? plural('account.expiredPending', sync.pending()) : t('account.expired')}
        </Note>
      </Show>
      <form class="form" noValidate onSubmit={form.submit}>
        <FormNotes form={form} />
        <TextField form={form} name="email" type="email" label={t('field.email')} autocomplete="username" />
        <TextField form={form} name="password" type="password" label={t('field.password')} autocomplete="current-password" />
        <Button kind="primary" type="submit" field class="wide" busy={form.busy()}>
          {t('account.signIn')}
        </Button>
        <p>
          <A href={`/forgotten${typed()}`}>{t('account.forgotten')}</A>
        </p>
        <p>
          <A href={`/magic-link${typed()}`}>{t('account.magicLink')}</A>
        </p>
        <Show when={form.problem()?.code === 'email_not_confirmed'}>
          <A href={`/unconfirmed${typed()}`}>{t('account.askAgain')}</A>
        </Show>
      </form>
    </Door>
  )
}
