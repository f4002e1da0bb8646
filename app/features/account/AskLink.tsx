import { A, useSearchParams } from '@solidjs/router'
import { createSignal, Show } from 'solid-js'
import { isEmail } from '../../kernel/email.ts'
import { account } from '../../kernel/account.ts'
import { t } from '../../kernel/i18n/index.ts'
import { mailsKept } from '../../kernel/mails-kept.ts'
import { session } from '../../kernel/session.ts'
import { Door } from '../../kernel/ui/Door.tsx'
import { FormNotes, TextField } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Button, Panel } from '../../kernel/ui/parts.tsx'

/** A sign-in link instead of a password. */
export function MagicLink() {
  return <AskLink title={t('account.magicLink')} intro={t('account.magicLinkIntro')} action={t('account.sendLink')} send={account.askMagicLink} />
}

/** A link to a new password. */
export function Forgotten() {
  return <AskLink title={t('account.forgotten')} intro={t('account.forgottenIntro')} action={t('account.sendLink')} send={account.askRecovery} />
}

/** The confirmation of a new account, once more. */
export function Unconfirmed() {
  return (
    <AskLink title={t('account.confirmTitle')} intro={t('account.confirmIntro')} action={t('account.sendAgain')} send={account.askConfirmation} />
  )
}

function AskLink(props: { title: string; intro: string; action: string; send: (email: string) => Promise<void> }) {
  const [search] = useSearchParams<{ email?: string; sent?: string }>()
  const [sent, setSent] = createSignal(search.sent ? (search.email ?? '') : '')
  const form = createForm({
    initial: { email: search.email ?? session.user()?.email ?? '' },
    required: () => ['email'],
    check: ({ email }) => (isEmail(email.trim()) ? {} : { email: 'WRONG' }),
    async send({ email }) {
      await props.send(email.trim())
      setSent(email.trim())
    },
  })
  return (
    <Door
      title={props.title}
      foot={
        <p>
          <A href="/sign-in">{t('account.backToSignIn')}</A>
        </p>
      }
    >
      <Show
        when={sent()}
        fallback={
          <form class="form" noValidate onSubmit={form.submit}>
            <p class="quiet">{props.intro}</p>
            <FormNotes form={form} />
            <TextField form={form} name="email" type="email" label={t('field.email')} autocomplete="username" />
            <Button kind="primary" type="submit" field class="wide" busy={form.busy()}>
              {props.action}
            </Button>
          </form>
        }
      >
        {(email) => (
          <Panel icon="mail" title={t('account.linkSent')} actions={<Button onClick={() => setSent('')}>{t('account.sendAgain')}</Button>}>
            {t(mailsKept() ? 'account.linkKept' : 'account.linkSentTo', { email: email() })}
          </Panel>
        )}
      </Show>
    </Door>
  )
}
