import { Show } from 'solid-js'
import { t } from '../../kernel/i18n/index.ts'
import { session } from '../../kernel/session.ts'
import { NoSites } from '../../kernel/ui/NoSites.tsx'
import { Panel } from '../../kernel/ui/parts.tsx'

/** Why no photo can be added: there is no site yet, or this person may add none. */
export function NoPlace() {
  return (
    <Show
      when={session.can('photo.upload')}
      fallback={
        <Panel icon="lock" title={t('state.refused')}>
          {t('photo.noSite')}
        </Panel>
      }
    >
      <NoSites>{t('photo.noSiteYet')}</NoSites>
    </Show>
  )
}
