import { A, useNavigate } from '@solidjs/router'
import { t } from '../../kernel/i18n/index.ts'
import { session } from '../../kernel/session.ts'
import { Door } from '../../kernel/ui/Door.tsx'
import { FormNotes, TextField } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Button } from '../../kernel/ui/parts.tsx'
import { Steps } from '../../kernel/ui/Steps.tsx'

export const PASSWORD_LEAST = 8

/** First the person; their company comes next. */
export default function SignUp() {
  const navigate = useNavigate()
  const form = createForm({
    initial: { full_name: '', email: '', password: '' },
    required: () => ['full_name', 'email', 'password'],
    check: ({ email, password }) => ({
      ...(/^\S+@\S+\.\S+$/.test(email.trim()) ? {} : { email: 'WRONG' }),
      ...(password.length >= PASSWORD_LEAST ? {} : { password: 'weak_password' }),
    }),
    async send({ full_name, email, password }) {
      await session.signUp(email.trim(), password, full_name.trim())
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
          maxlength={128}
        />
        <Button kind="primary" type="submit" field class="wide" busy={form.busy()}>
          {t('action.continue')}
        </Button>
      </form>
    </Door>
  )
}
