import { useNavigate, useSearchParams } from '@solidjs/router'
import { createEffect, createResource, createSignal, Match, Show, Switch } from 'solid-js'
import { account, type Factor } from '../../kernel/account.ts'
import { AppError } from '../../kernel/errors.ts'
import { plural, t } from '../../kernel/i18n/index.ts'
import { session } from '../../kernel/session.ts'
import { sync } from '../../kernel/status.ts'
import { Door } from '../../kernel/ui/Door.tsx'
import { explain } from '../../kernel/ui/explain.ts'
import { FormNotes, SelectField, TextField } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Button, Note } from '../../kernel/ui/parts.tsx'
import { EnrolFactor } from './EnrolFactor.tsx'
import { safeNext } from './next.ts'
import { signOutSafely } from './sign-out.ts'

/** The second factor that a company asks for: a code to enter, or an authenticator to enrol first. Unsent work waits meanwhile. */
export default function Proof() {
  const navigate = useNavigate()
  const [search] = useSearchParams<{ next?: string }>()
  const [factors, { refetch }] = createResource(() => account.factors())
  const [lost, setLost] = createSignal(false)
  createEffect(() => {
    if (session.user() === null) navigate('/sign-in', { replace: true })
  })
  const done = () => navigate(safeNext(search.next), { replace: true })
  const leave = async () => {
    if (await signOutSafely()) navigate('/sign-in')
  }
  const enrolling = () => factors()?.length === 0
  return (
    <Door
      title={t(enrolling() ? 'account.enrolTitle' : lost() ? 'account.lostTitle' : 'account.proofTitle')}
      foot={
        <Button kind="quiet" icon="leave" onClick={() => void leave()}>
          {t('account.signOut')}
        </Button>
      }
    >
      <Show when={sync.pending()}>
        <Note icon="lock" tone="warn">
          {plural('account.proofPending', sync.pending())}
        </Note>
      </Show>
      <Switch>
        <Match when={factors.error}>
          {(error) => (
            <Note icon="offline" action={<Button onClick={() => void refetch()}>{t('action.retry')}</Button>}>
              {explain(error())}
            </Note>
          )}
        </Match>
        <Match when={enrolling()}>
          <p class="quiet">{t('account.enrolWhy')}</p>
          <EnrolFactor onDone={done} />
        </Match>
        <Match when={factors() && lost()}>
          <UseRecoveryCode onUsed={() => void refetch()} onBack={() => setLost(false)} />
        </Match>
        <Match when={factors()}>{(known) => <EnterCode factors={known()} onDone={done} onLost={() => setLost(true)} />}</Match>
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

function EnterCode(props: { factors: Factor[]; onDone: () => void; onLost: () => void }) {
  const form = createForm({
    initial: { factor: props.factors[0]!.id, code: '' },
    required: () => ['code'],
    check: ({ code }) => (/^\d{6}$/.test(code.replaceAll(/\s/g, '')) ? {} : { code: 'factor_code' }),
    async send({ factor, code }) {
      await account.giveCode(factor, code)
      props.onDone()
    },
  })
  return (
    <form class="form" noValidate onSubmit={form.submit}>
      <p class="quiet">{t('account.proofIntro')}</p>
      <FormNotes form={form} />
      <Show when={props.factors.length > 1}>
        <SelectField
          form={form}
          name="factor"
          label={t('account.authenticator')}
          options={props.factors.map(({ id, name }) => ({ value: id, label: name }))}
        />
      </Show>
      <TextField form={form} name="code" label={t('account.code')} inputmode="numeric" autocomplete="one-time-code" maxlength={7} autofocus />
      <Button kind="primary" type="submit" field class="wide" busy={form.busy()}>
        {t('action.continue')}
      </Button>
      <Button kind="quiet" onClick={() => props.onLost()}>
        {t('account.lost')}
      </Button>
    </form>
  )
}

function UseRecoveryCode(props: { onUsed: () => void; onBack: () => void }) {
  const form = createForm({
    initial: { recovery: '' },
    required: () => ['recovery'],
    async send({ recovery }) {
      const outcome = await account.useRecoveryCode(recovery)
      if (outcome === 'used') props.onUsed()
      else throw new AppError(outcome === 'locked' ? 'locked' : 'recovery_code', 'recovery')
    },
  })
  return (
    <form class="form" noValidate onSubmit={form.submit}>
      <p class="quiet">{t('account.lostIntro')}</p>
      <FormNotes form={form} />
      <TextField form={form} name="recovery" label={t('account.recoveryCode')} maxlength={40} autofocus />
      <Button kind="primary" type="submit" field class="wide" busy={form.busy()}>
        {t('account.useRecovery')}
      </Button>
      <Button kind="quiet" onClick={() => props.onBack()}>
        {t('action.back')}
      </Button>
    </form>
  )
}
