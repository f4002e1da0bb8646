import { createEffect, createSignal, Show } from 'solid-js'
import { onlyHere } from '../../kernel/addresses.ts'
import { createRows, newId, run } from '../../kernel/data.ts'
import { date, list } from '../../kernel/i18n/format.ts'
import { t } from '../../kernel/i18n/index.ts'
import { mailsKept } from '../../kernel/mails-kept.ts'
import { readValue } from '../../kernel/local-store.ts'
import { draftName } from '../../kernel/me.ts'
import { session } from '../../kernel/session.ts'
import { commandOf } from '../../kernel/status.ts'
import { announce } from '../../kernel/ui/dialogs.tsx'
import { ChecksField, FormNotes, SelectField, TextField } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Page } from '../../kernel/ui/Page.tsx'
import { Button, LinkButton, Note, Panel } from '../../kernel/ui/parts.tsx'
import { QrCode } from '../../kernel/ui/QrCode.tsx'
import { openSites } from './data.ts'
import { roleName } from './labels.ts'
import { grantable, newToken } from './rights.ts'

const DAYS = [1, 7, 30]

/** The address of the app for other devices, when whoever runs it has said. */
const publicOrigin = async () => (await readValue<{ origin?: string }>('config'))?.origin

interface Sent {
  id: string
  link: string
  name: string
  email: string
  roles: string[]
  expires: string
}

/** Invites a person: role, sites, and a link to send or to show as a QR code. */
export default function Invite() {
  const sites = createRows(openSites)
  const [sent, setSent] = createSignal<Sent | null>(null)
  const form = createForm({
    initial: { full_name: '', email: '', role: '', site_ids: [] as string[], days: '7' },
    draft: draftName('invitation'),
    required: () => ['role'],
    async send({ full_name, email, role, site_ids, days }) {
      const { token, hash } = await newToken()
      const id = newId()
      const expires = new Date(Date.now() + Number(days) * 86_400_000).toISOString()
      await run('invite_person', {
        id,
        token_hash: hash,
        roles: [role],
        site_ids,
        email: email.trim() || null,
        full_name: full_name.trim() || null,
        expires_at: expires,
        by_mail: email.trim() !== '',
      })
      // The token stays in the fragment: no server, log or referrer ever sees it.
      setSent({
        id,
        link: `${(await publicOrigin()) ?? location.origin}/invitation#${token}`,
        name: full_name.trim(),
        email: email.trim(),
        roles: [role],
        expires,
      })
      scrollTo(0, 0)
    },
  })
  return (
    <Page title={sent() ? t('invitation.ready') : t('create.person')} back="/people" backAlways narrow>
      <Show
        when={session.can('member.invite')}
        fallback={
          <Panel icon="lock" title={t('state.refused')}>
            {t('state.refusedBody')}
          </Panel>
        }
      >
        <Show
          when={sent()}
          fallback={
            <form class="form" noValidate onSubmit={form.submit}>
              <FormNotes form={form} />
              <div class="form-grid">
                <TextField form={form} name="full_name" label={t('field.full_name')} maxlength={120} />
                <TextField
                  form={form}
                  name="email"
                  type="email"
                  label={t('field.email')}
                  hint={t(mailsKept() ? 'invitation.emailHintKept' : 'invitation.emailHint')}
                  maxlength={254}
                />
              </div>
              <SelectField
                form={form}
                name="role"
                label={t('field.role')}
                blank={t('person.chooseRole')}
                options={grantable(session.can('member.rights')).map((role) => ({ value: role, label: roleName(role) }))}
              />
              <Show when={form.values.role}>{(role) => <p class="hint">{t(`roleHint.${role()}` as 'roleHint.crew')}</p>}</Show>
              <ChecksField
                form={form}
                name="site_ids"
                label={t('invitation.sites')}
                hint={t('invitation.sitesHint')}
                options={sites.rows().map((site) => ({ value: site.id, label: site.name, hint: site.code }))}
              />
              <SelectField
                form={form}
                name="days"
                label={t('invitation.lasts')}
                options={DAYS.map((days) => ({ value: String(days), label: t(`invitation.days.${days}` as 'invitation.days.7') }))}
              />
              <div class="sticky-actions">
                <LinkButton href="/people" field>
                  {t('action.cancel')}
                </LinkButton>
                <Button kind="primary" type="submit" icon="link" field busy={form.busy()}>
                  {t('invitation.make')}
                </Button>
              </div>
            </form>
          }
        >
          {(invitation) => (
            <Link
              invitation={invitation()}
              onAgain={() => {
                form.restart()
                setSent(null)
              }}
            />
          )}
        </Show>
      </Show>
    </Page>
  )
}

function Link(props: { invitation: Sent; onAgain: () => void }) {
  const { invitation } = props
  const waiting = () => commandOf(invitation.id) === 'queued' || commandOf(invitation.id) === 'sending'
  const refused = () => commandOf(invitation.id) === 'refused'
  const text = () => t('invitation.message', { company: session.company()?.company_name ?? '', link: invitation.link })
  const copy = async () => {
    await navigator.clipboard.writeText(invitation.link)
    announce(t('invitation.copied'), 'copy')
  }
  createEffect(() => refused() && announce(t('invitation.refused'), 'stop'))
  return (
    <div class="stack">
      <Show when={refused()}>
        <Note icon="stop" tone="danger" action={<LinkButton href="/sync">{t('sync.mend')}</LinkButton>}>
          {t('invitation.refused')}
        </Note>
      </Show>
      <Show when={waiting()}>
        <Note icon="device" tone="warn">
          {t('invitation.waiting')}
        </Note>
      </Show>
      <Show when={onlyHere(new URL(invitation.link).hostname)}>
        <Note icon="alert" tone="warn">
          {t('invitation.thisComputer')}
        </Note>
      </Show>
      <Show when={invitation.email}>
        <p class="quiet">{t(mailsKept() ? 'invitation.mailingKept' : 'invitation.mailing', { email: invitation.email })}</p>
      </Show>
      <div class="card qr-card">
        <QrCode text={invitation.link} label={t('invitation.qr', { name: invitation.name || t('invitation.anybody') })} />
        <div class="stack tight">
          <p class="strong">{invitation.name || invitation.email || t('invitation.anybody')}</p>
          <p class="quiet">{list(invitation.roles.map(roleName))}</p>
          <p class="small quiet">{t('invitation.once', { date: date(invitation.expires) })}</p>
        </div>
      </div>
      <label class="field">
        <span class="label">{t('invitation.link')}</span>
        <input class="input mono" readOnly value={invitation.link} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <div class="row wrap">
        <Show when={'share' in navigator}>
          <Button kind="primary" icon="share" field onClick={() => navigator.share({ text: text() }).catch(() => undefined)}>
            {t('invitation.share')}
          </Button>
        </Show>
        <Button kind={'share' in navigator ? 'plain' : 'primary'} icon="copy" field onClick={copy}>
          {t('invitation.copy')}
        </Button>
        <a
          class="button plain tall"
          href={`mailto:${encodeURIComponent(invitation.email)}?subject=${encodeURIComponent(t('invitation.subject', { company: session.company()?.company_name ?? '' }))}&body=${encodeURIComponent(text())}`}
        >
          {t('invitation.mail')}
        </a>
      </div>
      <p class="small quiet">{t('invitation.onlyHere')}</p>
      <div class="row wrap">
        <Button icon="plus" onClick={props.onAgain}>
          {t('invitation.another')}
        </Button>
        <LinkButton kind="quiet" href="/people?view=invitations">
          {t('invitation.pending')}
        </LinkButton>
      </div>
    </div>
  )
}
