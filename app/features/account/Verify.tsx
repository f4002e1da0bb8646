import { A, useNavigate, useSearchParams } from '@solidjs/router'
import { createSignal, Show } from 'solid-js'
import { account, type LinkType } from '../../kernel/account.ts'
import { t } from '../../kernel/i18n/index.ts'
import { session } from '../../kernel/session.ts'
import { Door } from '../../kernel/ui/Door.tsx'
import { explain } from '../../kernel/ui/explain.ts'
import { Button, LinkButton, Panel } from '../../kernel/ui/parts.tsx'
import { safeNext } from './next.ts'

const TYPES: LinkType[] = ['signup', 'invite', 'magiclink', 'recovery', 'email_change']
/** Where a person asks for another link of a type. */
const AGAIN: Partial<Record<LinkType, string>> = { magiclink: '/magic-link', recovery: '/forgotten', signup: '/unconfirmed' }

/** Takes the token out of the address, so that it stays in no history. */
function takeToken(): string {
  const token = location.hash.slice(1)
  if (token) history.replaceState(history.state, '', location.pathname + location.search)
  return token
}

/** What a link of a mail opens. It is spent by a press: programs that open links in mails spend nothing. */
export default function Verify() {
  const token = takeToken()
  const navigate = useNavigate()
  const [search] = useSearchParams<{ type?: string; next?: string }>()
  const type = () => TYPES.find((each) => each === search.type)
  const [busy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<unknown>(token && type() ? null : { code: 'otp_expired' })
  const [half, setHalf] = createSignal(false)

  const go = async () => {
    setBusy(true)
    try {
      if (!(await account.follow(type()!, token))) return setHalf(true)
      const next = type() === 'recovery' || type() === 'invite' ? '/new-password' : type() === 'email_change' ? '/account' : safeNext(search.next)
      navigate(session.proofOwed() ? `/proof?next=${encodeURIComponent(next)}` : next, { replace: true })
    } catch (error) {
      setFault(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Door
      title={t(`account.link.${type() ?? 'magiclink'}`)}
      foot={
        <p>
          <A href="/sign-in">{t('account.backToSignIn')}</A>
        </p>
      }
    >
      <Show
        when={fault()}
        fallback={
          <Show
            when={half()}
            fallback={
              <div class="form">
                <p class="quiet">{t(`account.linkIntro.${type() ?? 'magiclink'}`)}</p>
                <Button kind="primary" field class="wide" busy={busy()} onClick={() => void go()}>
                  {t('action.continue')}
                </Button>
              </div>
            }
          >
            <Panel icon="mail" title={t('account.halfChanged')}>
              {t('account.halfChangedBody')}
            </Panel>
          </Show>
        }
      >
        {(error) => (
          <Panel
            icon="link"
            title={explain(error())}
            actions={
              <LinkButton kind="primary" href={AGAIN[type() ?? 'magiclink'] ?? '/account'}>
                {t('account.askAgain')}
              </LinkButton>
            }
          />
        )}
      </Show>
    </Door>
  )
}
