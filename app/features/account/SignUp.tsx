import { A, useNavigate } from '@solidjs/router'
import { isEmail } from '../../kernel/email.ts'
import { toAppError } from '../../kernel/errors.ts'
import { t } from '../../kernel/i18n/index.ts'
import { PASSWORD_LEAST, PASSWORD_MOST, weaknessOf } from '../../kernel/password.ts'
import { session } from '../../kernel/session.ts'
import { Door } from '../../kernel/ui/Door.tsx'
import { FormNotes, TextField } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Button } from '../../kernel/ui/parts.tsx'
import { Steps } from '../../kernel/ui/Steps.tsx'

/** First the person; their company comes next. */
export default function SignUp() {
  const navigate = useNavigate()
  const form = createForm({
    initial: { full_name: '', email: '', password: '' },
    required: () => ['full_name', 'email', 'password'],
    check({ full_name, email, password }) {
      const weakness = weaknessOf(password, [email.split('@')[0], full_name])
      return { ...(isEmail(email.trim()) ? {} : { email: 'WRONG' }), ...(weakness ? { password: weakness } : {}) }
    },
    async send({ full_name, email, password }) {
      try {
        await session.signUp(email.trim(), password, full_name.trim())
      } catch (error) {
        if (toAppError(error).code !== 'email_not_confirmed') throw error
        return navigate(`/unconfirmed?sent=1&email=${encodeURIComponent(email.trim())}`)
      }
      navigate('/company/new', { replace: true, state: { full_name: full_name.trim() } })
    },
  })
  return (
    <Door
      title={t('account.signUp')}
      intro={
        <>
          <Steps count={2} now={1} label={t('account.stepPerson')} />
          <p class="quiet">{t('account.signUpIntro')}</p>
        </>
      }
      foot={
        <p>
          {t('account.haveAccount')} <A href="/sign-in">{t('account.signIn')}</A>
        </p>
      }
    >
      <form class="form" noValidate onSubmit={form.submit}>
        <FormNotes form={form} />
        <TextField form={form} name="full_name" label={t('field.full_name')} autocomplete="name" maxlength={120} />
        <TextField form={form} name="email" type="email" label={t('account.workEmail')} autocomplete="username" />
        <TextField
          form={form}
          name="password"
          type="password"
          label={t('field.password')}
          hint={t('account.passwordHint', { least: PASSWORD_LEAST })}
          autocomplete="new-password"
          maxlength={PASSWORD_MOST}
        />
        <Button kind="primary" type="submit" field class="wide" busy={form.busy()}>
          {t('action.continue')}
        </Button>
      </form>
    </Door>
  )
}
