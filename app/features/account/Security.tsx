import { createResource, createSignal, For, Match, Show, Switch } from 'solid-js'
import { isEmail } from '../../kernel/email.ts'
import { account, type Factor } from '../../kernel/account.ts'
import { toAppError } from '../../kernel/errors.ts'
import { date } from '../../kernel/i18n/format.ts'
import { t } from '../../kernel/i18n/index.ts'
import { session } from '../../kernel/session.ts'
import { announce, confirm } from '../../kernel/ui/dialogs.tsx'
import { explain } from '../../kernel/ui/explain.ts'
import { FormNotes, TextField } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Page } from '../../kernel/ui/Page.tsx'
import { Badge, Button, LinkButton, Note } from '../../kernel/ui/parts.tsx'
import { Sheet } from '../../kernel/ui/Sheet.tsx'
import { EnrolFactor } from './EnrolFactor.tsx'
import { RecoveryCodes } from './RecoveryCodes.tsx'

/** How this person signs in: password, address, second factor, recovery codes. */
export default function Security() {
  const [state, { refetch }] = createResource(async () => {
    const factors = await account.factors()
    return { factors, left: factors.length > 0 ? await account.recoveryCodesLeft() : 0 }
  })
  const [open, setOpen] = createSignal<'enrol' | 'codes' | 'email' | null>(null)
  const [codes, setCodes] = createSignal<string[] | null>(null)
  const close = () => {
    setOpen(null)
    setCodes(null)
    void refetch()
  }
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work()
    } catch (error) {
      announce(toAppError(error).code === 'insufficient_aal' ? t('account.needsCode') : explain(error), 'alert')
    }
    void refetch()
  }
  const remove = async (factor: Factor) => {
    if (!(await confirm({ title: t('account.removeTitle'), body: t('account.removeBody'), action: t('account.remove'), danger: true }))) return
    await attempt(() => account.removeFactor(factor.id))
  }
  const renew = async () => {
    if (!(await confirm({ title: t('account.newCodesTitle'), body: t('account.newCodesBody'), action: t('account.newCodes') }))) return
    await attempt(async () => {
      setCodes(await account.makeRecoveryCodes())
      setOpen('codes')
    })
  }
  const rule = () => session.company()?.factor_rule
  return (
    <Page title={t('account.security')} back="/account" narrow>
      <section class="card">
        <h2>{t('field.password')}</h2>
        <p class="quiet">{t('account.passwordRules')}</p>
        <div>
          <LinkButton href="/new-password" icon="edit">
            {t('account.changePassword')}
          </LinkButton>
        </div>
      </section>

      <section class="card">
        <h2>{t('account.address')}</h2>
        <p>{session.user()?.email}</p>
        <div>
          <Button icon="mail" onClick={() => setOpen('email')}>
            {t('account.changeEmail')}
          </Button>
        </div>
      </section>

      <section class="card">
        <h2>{t('account.factor')}</h2>
        <Switch>
          <Match when={state.error}>
            {(error) => (
              <Note icon="offline" action={<Button onClick={() => void refetch()}>{t('action.retry')}</Button>}>
                {explain(error())}
              </Note>
            )}
          </Match>
          <Match when={!state.latest}>
            <div class="skeletons" role="status">
              <span class="visually-hidden">{t('state.loading')}</span>
              <div class="skeleton" />
            </div>
          </Match>
          <Match when={state.latest?.factors.length === 0}>
            <Show when={rule() === 'mandatory'}>
              <Note icon="lock" tone="warn">
                {session.company()?.factor_due ? t('account.factorMandatory', { day: date(session.company()!.factor_due!) }) : t('account.factorNow')}
              </Note>
            </Show>
            <Show when={rule() === 'recommended'}>
              <Note icon="info">{t('account.factorRecommended')}</Note>
            </Show>
            <p class="quiet">{t('account.factorIntro')}</p>
            <div>
              <Button kind="primary" icon="qr" onClick={() => setOpen('enrol')}>
                {t('account.enrol')}
              </Button>
            </div>
          </Match>
          <Match when={state.latest}>
            {(ready) => (
              <>
                <ul class="items">
                  <For each={ready().factors}>
                    {(factor) => (
                      <li class="item">
                        <span class="glyph ok">
                          <Icon name="lock" />
                        </span>
                        <div class="grow">
                          <p class="item-title">{t('account.authenticator')}</p>
                          <p class="item-line">
                            <span>{t('account.since', { day: date(factor.created_at) })}</span>
                          </p>
                          <p class="item-badges">
                            <Badge tone="ok" icon="check">
                              {t('account.factorOn')}
                            </Badge>
                          </p>
                        </div>
                        <Button kind="quiet" onClick={() => void remove(factor)}>
                          {t('account.remove')}
                        </Button>
                      </li>
                    )}
                  </For>
                </ul>
                <p class="quiet">{t('account.codesLeft', { count: ready().left })}</p>
                <div class="row wrap">
                  <Button icon="plus" onClick={() => setOpen('enrol')}>
                    {t('account.enrolAnother')}
                  </Button>
                  <Button icon="sync" onClick={() => void renew()}>
                    {t('account.newCodes')}
                  </Button>
                </div>
              </>
            )}
          </Match>
        </Switch>
      </section>

      <Show when={open() === 'enrol'}>
        <Sheet title={t('account.enrol')} onClose={close}>
          <EnrolFactor onDone={close} />
        </Sheet>
      </Show>
      <Show when={open() === 'codes' && codes()}>
        {(fresh) => (
          <Sheet title={t('account.newCodes')} onClose={close}>
            <RecoveryCodes codes={fresh()} onDone={close} />
          </Sheet>
        )}
      </Show>
      <Show when={open() === 'email'}>
        <Sheet title={t('account.changeEmail')} onClose={close}>
          <EmailForm onDone={close} />
        </Sheet>
      </Show>
    </Page>
  )
}

function EmailForm(props: { onDone: () => void }) {
  const form = createForm({
    initial: { email: '' },
    required: () => ['email'],
    check: ({ email }) => (isEmail(email.trim()) ? {} : { email: 'WRONG' }),
    async send({ email }) {
      const waits = await account.changeEmail(email.trim())
      announce(t(waits ? 'account.emailAsked' : 'account.emailChanged'))
      props.onDone()
    },
  })
  return (
    <form class="form" noValidate onSubmit={form.submit}>
      <p class="quiet">{t('account.emailIntro')}</p>
      <FormNotes form={form} />
      <TextField form={form} name="email" type="email" label={t('account.newEmail')} autocomplete="email" maxlength={254} />
      <Button kind="primary" type="submit" field class="wide" busy={form.busy()}>
        {t('account.changeEmail')}
      </Button>
    </form>
  )
}
