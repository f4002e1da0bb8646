import type { RouteSectionProps } from '@solidjs/router'
import { createSignal, Match, Show, Switch, type Component } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { allWords, t } from '../i18n/index.ts'
import { checkForUpdate, reloadSafely, updateStep } from '../pwa.ts'
import { Page } from './Page.tsx'
import { Button, Panel } from './parts.tsx'

/**
 * A screen whose code loads when it is first opened. No Suspense: a route's parameters read by a component that resolves inside a
 * transition keep their old values. A chunk that does not come says so instead of leaving the old screen.
 * @param words `first` for a screen that does with the words loaded before the first paint; any other waits for all of them
 */
export function screen<P extends object = RouteSectionProps>(
  load: () => Promise<{ default: Component<P> }>,
  words: 'first' | 'all' = 'all',
): Component<P> & { preload: () => void } {
  const [loaded, setLoaded] = createSignal<Component<P>>()
  const [failed, setFailed] = createSignal(false)
  let loading: Promise<void> | undefined
  const fetchOnce = () => {
    setFailed(false)
    loading ??= Promise.all([load(), words === 'all' && allWords()]).then(
      ([module]) => void setLoaded(() => module.default),
      () => {
        loading = undefined
        setFailed(true)
        // The server may hold a newer version only.
        checkForUpdate()
      },
    )
  }
  const Loading: Component<P> = (props) => {
    fetchOnce()
    return (
      <Switch>
        <Match when={loaded()}>{(component) => <Dynamic component={component()} {...props} />}</Match>
        <Match when={failed()}>
          <Page title={t('state.error')}>
            <Show
              when={navigator.onLine || updateStep()}
              fallback={
                <Panel icon="offline" title={t('state.notLoaded')} actions={<Button onClick={fetchOnce}>{t('action.retry')}</Button>}>
                  {t('state.notLoadedBody')}
                </Panel>
              }
            >
              <Panel icon="download" title={t('state.replaced')} actions={<Button onClick={() => void reloadSafely()}>{t('action.reload')}</Button>}>
                {t('state.replacedBody')}
              </Panel>
            </Show>
          </Page>
        </Match>
      </Switch>
    )
  }
  return Object.assign(Loading, { preload: fetchOnce })
}
