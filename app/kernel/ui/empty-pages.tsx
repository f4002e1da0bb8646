import { t } from '../i18n/index.ts'
import { Icon, type IconName } from './icons.tsx'
import { Page } from './Page.tsx'
import { LinkButton, Panel } from './parts.tsx'

/** Beside a list of which nothing is chosen yet. */
export function Choose(props: { icon: IconName; text: string }) {
  return (
    <div class="choose">
      <Icon name={props.icon} />
      <p>{props.text}</p>
    </div>
  )
}

/** An address that leads nowhere. */
export function NotFound() {
  return (
    <Page title={t('state.notFound')}>
      <Panel
        icon="question"
        title={t('state.notFound')}
        actions={
          <LinkButton kind="primary" href="/">
            {t('nav.today')}
          </LinkButton>
        }
      >
        {t('state.notFoundBody')}
      </Panel>
    </Page>
  )
}
