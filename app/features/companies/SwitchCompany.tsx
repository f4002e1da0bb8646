import { useNavigate } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { list } from '../../kernel/i18n/format.ts'
import { t, tOr } from '../../kernel/i18n/index.ts'
import { session } from '../../kernel/session.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Page } from '../../kernel/ui/Page.tsx'
import { Avatar, LinkButton } from '../../kernel/ui/parts.tsx'
import { DemoOffer } from '../demos/public.ts'

/** The companies of this person; what is seen and done always belongs to one of them. */
export default function SwitchCompany() {
  const navigate = useNavigate()
  const choose = async (id: string) => {
    await session.switchCompany(id)
    navigate('/')
  }
  return (
    <Page title={t('company.mine')} back="/menu" narrow>
      <ul class="choices">
        <For each={session.companies()}>
          {(company) => (
            <li>
              <button
                type="button"
                class="choice"
                aria-current={company.company_id === session.company()?.company_id ? 'true' : undefined}
                onClick={() => choose(company.company_id)}
              >
                <Avatar name={company.company_name} />
                <span class="grow">
                  <strong>{company.company_name}</strong>
                  <small>{list(company.roles.map((role) => tOr(`role.${role}`, role)))}</small>
                </span>
                <Show when={company.company_id === session.company()?.company_id} fallback={<Icon name="next" />}>
                  <span class="badge ok">
                    <Icon name="check" />
                    {t('company.active')}
                  </span>
                </Show>
              </button>
            </li>
          )}
        </For>
      </ul>
      <p class="quiet small">{t('company.switchHint')}</p>
      <div>
        <LinkButton icon="plus" href="/company/new">
          {t('company.foundOther')}
        </LinkButton>
      </div>
      <DemoOffer fullName={session.company()?.full_name ?? ''} />
    </Page>
  )
}
