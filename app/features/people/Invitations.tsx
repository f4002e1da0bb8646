import { For, Show } from 'solid-js'
import type { RowsView } from '../../kernel/contract.ts'
import { run } from '../../kernel/data.ts'
import { date, list } from '../../kernel/i18n/format.ts'
import { t } from '../../kernel/i18n/index.ts'
import { mailsKept } from '../../kernel/mails-kept.ts'
import { announce, confirm } from '../../kernel/ui/dialogs.tsx'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Badge, Button, LinkButton, Panel, Rows, WriteState } from '../../kernel/ui/parts.tsx'
import type { InvitationItem } from './data.ts'
import { roleName } from './labels.ts'

/** The invitations that wait, with what they give; taking one back. */
export function Invitations(props: { view: RowsView<InvitationItem> }) {
  const name = (invitation: InvitationItem) => invitation.full_name ?? invitation.email ?? t('invitation.anybody')
  const over = (invitation: InvitationItem) => Date.parse(invitation.expires_at) < Date.now()
  const revoke = async (invitation: InvitationItem) => {
    const sure = await confirm({
      title: t('invitation.revokeTitle', { name: name(invitation) }),
      body: t('invitation.revokeBody'),
      action: t('invitation.revoke'),
      danger: true,
    })
    if (!sure) return
    await run('revoke_invitation', { id: invitation.id })
    announce(t('invitation.revoked'))
  }
  const resend = async (invitation: InvitationItem) => {
    await run('resend_invitation', { id: invitation.id })
    announce(t(mailsKept() ? 'invitation.resentKept' : 'invitation.resent'), 'mail')
  }
  return (
    <Rows
      view={props.view}
      empty={
        <Panel
          icon="mail"
          title={t('invitation.empty')}
          actions={
            <LinkButton kind="primary" icon="plus" href="/people/invite">
              {t('create.person')}
            </LinkButton>
          }
        >
          {t('invitation.emptyBody')}
        </Panel>
      }
    >
      {(invitations) => (
        <ul class="items" aria-label={t('invitation.pending')}>
          <For each={invitations}>
            {(invitation) => (
              <li class="item">
                <span class="glyph">
                  <Icon name={invitation.email ? 'mail' : 'link'} />
                </span>
                <div class="grow">
                  <p class="item-title">{name(invitation)}</p>
                  <p class="item-line">
                    <span>{list(invitation.roles.map(roleName))}</span>
                    <Show when={invitation.site_names.length}>
                      <span>{list(invitation.site_names)}</span>
                    </Show>
                  </p>
                  <div class="item-badges">
                    <Badge icon="clock" tone={over(invitation) ? 'danger' : ''}>
                      {t(over(invitation) ? 'invitation.expired' : 'invitation.until', { date: date(invitation.expires_at) })}
                    </Badge>
                    <Show when={invitation.mail_state === 'waiting' || invitation.mail_state === 'failed'}>
                      <Badge
                        icon={invitation.mail_state === 'failed' ? 'alert' : 'mail'}
                        tone={invitation.mail_state === 'failed' ? 'danger' : 'info'}
                      >
                        {t(invitation.mail_state === 'failed' ? 'invitation.mail.failed' : 'invitation.mail.waiting')}
                      </Badge>
                    </Show>
                    <Show when={invitation.mail_state === 'sent' && invitation.mailed_at}>
                      {(at) => <Badge icon="mail">{t(mailsKept() ? 'invitation.mail.kept' : 'invitation.mail.sent', { date: date(at()) })}</Badge>}
                    </Show>
                    <WriteState row={invitation.id} />
                  </div>
                  <div class="row wrap">
                    <Show when={invitation.email && invitation.mail_state !== 'waiting'}>
                      <Button kind="quiet" aria-label={t('invitation.resendOf', { name: name(invitation) })} onClick={() => resend(invitation)}>
                        {t('invitation.resend')}
                      </Button>
                    </Show>
                    <Button kind="quiet" aria-label={t('invitation.revokeOf', { name: name(invitation) })} onClick={() => revoke(invitation)}>
                      {t('invitation.revoke')}
                    </Button>
                  </div>
                </div>
              </li>
            )}
          </For>
        </ul>
      )}
    </Rows>
  )
}
