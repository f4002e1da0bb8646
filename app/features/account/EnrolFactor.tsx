import './enrol.css'
import { createResource, createSignal, Match, Switch } from 'solid-js'
import { account } from '../../kernel/account.ts'
import { t } from '../../kernel/i18n/index.ts'
import { announce } from '../../kernel/ui/dialogs.tsx'
import { explain } from '../../kernel/ui/explain.ts'
import { FormNotes, TextField } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Button, Note } from '../../kernel/ui/parts.tsx'
import { QrCode } from '../../kernel/ui/QrCode.tsx'
import { RecoveryCodes } from './RecoveryCodes.tsx'

/** Enrols an authenticator app: the picture, a first code, then the recovery codes. */
export function EnrolFactor(props: { onDone: () => void }) {
  const [factor, { refetch }] = createResource(() => account.enrol(`Aplomb ${new Date().toISOString().slice(0, 16)}`))
  const [codes, setCodes] = createSignal<string[] | null>(null)
  const form = createForm({
    initial: { code: '' },
    required: () => ['code'],
    check: ({ code }) => (/^\d{6}$/.test(code.replaceAll(/\s/g, '')) ? {} : { code: 'factor_code' }),
    async send({ code }) {
      await account.giveCode(factor()!.id, code)
      setCodes(await account.makeRecoveryCodes())
    },
  })
  const copy = async () => {
    await navigator.clipboard.writeText(factor()!.secret)
    announce(t('account.copied'))
  }
  return (
    <Switch>
      <Match when={codes()}>{(fresh) => <RecoveryCodes codes={fresh()} onDone={props.onDone} />}</Match>
      <Match when={factor.error}>
        {(error) => (
          <Note icon="alert" tone="warn" action={<Button onClick={() => void refetch()}>{t('action.retry')}</Button>}>
            {explain(error())}
          </Note>
        )}
      </Match>
      <Match when={factor()}>
        {(ready) => (
          <form class="form" noValidate onSubmit={form.submit}>
            <ol class="numbered">
              <li>{t('account.enrolStep1')}</li>
              <li>{t('account.enrolStep2')}</li>
              <li>{t('account.enrolStep3')}</li>
            </ol>
            <div class="qr-card">
              <QrCode text={ready().uri} label={t('account.enrolQr')} />
            </div>
            <div class="field">
              <p class="label">{t('account.enrolSecret')}</p>
              <p class="mono wrap-anywhere">
                {ready()
                  .secret.match(/.{1,4}/g)
                  ?.join(' ')}
              </p>
              <div class="row wrap">
                <Button icon="copy" onClick={() => void copy()}>
                  {t('account.copy')}
                </Button>
                <a class="button plain" href={ready().uri}>
                  {t('account.enrolOpen')}
                </a>
              </div>
            </div>
            <FormNotes form={form} />
            <TextField form={form} name="code" label={t('account.code')} inputmode="numeric" autocomplete="one-time-code" maxlength={7} />
            <Button kind="primary" type="submit" field class="wide" busy={form.busy()}>
              {t('account.enrolConfirm')}
            </Button>
          </form>
        )}
      </Match>
      <Match when={true}>
        <div class="skeletons" role="status">
          <span class="visually-hidden">{t('state.loading')}</span>
          <div class="skeleton" />
        </div>
      </Match>
    </Switch>
  )
}
