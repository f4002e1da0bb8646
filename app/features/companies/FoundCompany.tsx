import { Navigate, useLocation, useNavigate } from '@solidjs/router'
import { Show } from 'solid-js'
import { newId } from '../../kernel/data.ts'
import { locale, t } from '../../kernel/i18n/index.ts'
import { session } from '../../kernel/session.ts'
import { Door } from '../../kernel/ui/Door.tsx'
import { FormNotes, TextField } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Button, LinkButton, Note } from '../../kernel/ui/parts.tsx'
import { Steps } from '../../kernel/ui/Steps.tsx'
import { DemoOffer } from '../demos/public.ts'
import { identifierColumns, identifierFault, IdentifierField } from './IdentifierField.tsx'

/** Founds a company: its name, its number, and who is speaking. */
export default function FoundCompany() {
  const navigate = useNavigate()
  // In the history entry, not in the address: nothing of a person stands where others read.
  const location = useLocation<{ full_name?: string }>()
  const id = newId()
  const form = createForm({
    initial: { name: '', identifier: '', full_name: location.state?.full_name ?? session.company()?.full_name ?? '' },
    required: () => ['name', 'full_name'],
    check: ({ identifier }) => identifierFault(identifier),
    async send({ name, identifier, full_name }) {
      await session.foundCompany({ id, name: name.trim(), full_name: full_name.trim(), ...identifierColumns(identifier), locale: locale() })
      navigate('/start', { replace: true })
    },
  })
  const first = () => session.companies().length === 0
  return (
    <Show when={session.user() !== null} fallback={<Navigate href="/sign-up" />}>
      <Door
        title={t('company.found')}
        intro={
          <Show when={first()} fallback={<p class="quiet">{t('company.foundAnother')}</p>}>
            <Steps count={2} now={2} label={t('company.step')} />
          </Show>
        }
        foot={
          <Show
            when={first()}
            fallback={
              <LinkButton kind="quiet" href="/switch">
                {t('action.cancel')}
              </LinkButton>
            }
          >
            <button type="button" class="button quiet" onClick={() => session.signOut()}>
              {t('account.signOut')}
            </button>
          </Show>
        }
      >
        <Show when={session.left()}>
          {(name) => (
            <Note icon="lock" tone="warn">
              <p class="strong">{t('company.left', { company: name() })}</p>
              <p>{t('company.leftBody')}</p>
            </Note>
          )}
        </Show>
        <form class="form" noValidate onSubmit={form.submit}>
          <FormNotes form={form} />
          <TextField form={form} name="name" label={t('company.name')} autocomplete="organization" maxlength={120} />
          <IdentifierField form={form} />
          <TextField
            form={form}
            name="full_name"
            label={t('company.yourName')}
            hint={t('company.yourNameHint')}
            autocomplete="name"
            maxlength={120}
          />
          <Button kind="primary" type="submit" field class="wide" busy={form.busy()}>
            {t('company.create')}
          </Button>
          <Show when={first()}>
            <p class="small quiet">{t('company.invitedInstead')}</p>
          </Show>
        </form>
        <DemoOffer fullName={form.values.full_name} />
      </Door>
    </Show>
  )
}
