import { Show, type JSX } from 'solid-js'
import { t } from '../i18n/index.ts'
import { session } from '../session.ts'
import { LinkButton, Panel } from './parts.tsx'

/** Stands where sites would be while the company has none; offers the first one to who may create it. */
export function NoSites(props: { children: JSX.Element }) {
  return (
    <Panel
      icon="site"
      title={t('site.empty')}
      actions={
        <Show when={session.can('site.create')}>
          <LinkButton kind="primary" icon="plus" href="/sites/new">
            {t('create.site')}
          </LinkButton>
        </Show>
      }
    >
      {props.children}
    </Panel>
  )
}
