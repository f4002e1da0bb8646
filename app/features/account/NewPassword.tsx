import { A, useNavigate } from '@solidjs/router'
import { createSignal, Show } from 'solid-js'
import { account, PASSWORD_LEAST, PASSWORD_MOST, weaknessOf } from '../../kernel/account.ts'
import { toAppError } from '../../kernel/errors.ts'
import { t } from '../../kernel/i18n/index.ts'
import { session } from '../../kernel/session.ts'
import { announce } from '../../kernel/ui/dialogs.tsx'
import { Door } from '../../kernel/ui/Door.tsx'
import { FormNotes, TextField } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Button, Note } from '../../kernel/ui/parts.tsx'

/** Another password, for who is signed in: by a link, or long since, and then a code from a mail is asked too. */
export default function NewPassword() {
  const navigate = useNavigate()
  const [byCode, setByCode] = createSignal(false)
  const form = createForm({
    initial: { password: '', nonce: '' },
    required: () => (byCode() ? ['password', 'nonce'] : ['password']),
    check: ({ password }) => {
      const weakness = weaknessOf(password, [session.user()?.email.split('@')[0], session.company()?.full_name])
      return weakness ? { password: weakness } : {}
    },
    async send({ password, nonce }) {
      try {
        await account.setPassword(password, nonce.trim() || undefined)
      } catch (error) {
        const { code } = toAppError(error)
        if (code === 'insufficient_aal') return navigate('/proof?next=/new-password')
        if (code !== 'reauthentication_needed') throw error
        await account.askNonce()
        return setByCode(true)
      }
      announce(t('account.passwordChanged'))
      navigate(session.proofOwed() ? '/proof' : '/', { replace: true })
    },
  })
  return (
    <Door
      title={t('account.newPassword')}
      foot={
        <p>
          <A href="/">{t('action.back')}</A>
        </p>
      }
    >
      <form class="form" noValidate onSubmit={form.submit}>
        <FormNotes form={form} />
        <Show when={byCode()}>
          <Note icon="mail" tone="info">
            {t('account.nonceSent', { email: session.user()?.email ?? '' })}
          </Note>
        </Show>
        <input
          class="visually-hidden"
          type="email"
          autocomplete="username"
          tabindex="-1"
          aria-hidden="true"
          readOnly
          value={session.user()?.email ?? ''}
        />
        <TextField
          form={form}
          name="password"
          type="password"
          label={t('account.newPassword')}
          hint={t('account.passwordHint', { least: PASSWORD_LEAST })}
          autocomplete="new-password"
          maxlength={PASSWORD_MOST}
        />
        <Show when={byCode()}>
          <TextField form={form} name="nonce" label={t('account.nonce')} inputmode="numeric" autocomplete="one-time-code" maxlength={8} />
        </Show>
        <Button kind="primary" type="submit" field class="wide" busy={form.busy()}>
          {t('account.changePassword')}
        </Button>
        <p class="small quiet">{t('account.othersEnd')}</p>
      </form>
    </Door>
  )
}
