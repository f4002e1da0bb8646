import { A } from '@solidjs/router'
import { createMemo, For, Show } from 'solid-js'
import { createRows } from '../../kernel/data.ts'
import { t } from '../../kernel/i18n/index.ts'
import { session } from '../../kernel/session.ts'
import { Icon, type IconName } from '../../kernel/ui/icons.tsx'
import { Page } from '../../kernel/ui/Page.tsx'
import { LinkButton, Panel } from '../../kernel/ui/parts.tsx'
import { beginnings } from './data.ts'

/** What leads a new company to its first live site, and whether each thing is done. */
export function createChecklist() {
  const view = createRows(() => (session.can('site.create') ? beginnings() : null))
  const steps = createMemo(() => {
    const now = view.rows()[0]
    const site = now?.first_site ? `?site=${now.first_site}` : ''
    return [
      { key: 'site', href: '/sites/new', icon: 'site' as IconName, done: (now?.sites ?? 0) > 0 },
      { key: 'person', href: '/people/invite', icon: 'person' as IconName, done: (now?.people ?? 0) > 0 },
      { key: 'incident', href: `/incidents/new${site}`, icon: 'incident' as IconName, done: (now?.incidents ?? 0) > 0 },
    ] as const
  })
  /** Known, and something is left to do. */
  const open = createMemo(() => view.rows().length > 0 && steps().some((step) => !step.done))
  /** Not known yet. */
  const pending = () => session.can('site.create') && view.rows().length === 0 && !view.error()
  return { steps, open, pending }
}

/** The first steps as a list; the next one stands out. */
export function Checklist(props: { steps: ReturnType<typeof createChecklist>['steps'] }) {
  const next = () => props.steps().find((step) => !step.done)?.key
  return (
    <ol class="choices">
      <For each={props.steps()}>
        {(step, place) => (
          <li>
            <A class="choice" classList={{ done: step.done, next: next() === step.key }} href={step.href}>
              <span class="choice-icon">
                <Icon name={step.done ? 'check' : step.icon} />
              </span>
              <span class="grow">
                <strong>
                  {place() + 1}. {t(`start.${step.key}`)}
                </strong>
                <small>{step.done ? t('start.done') : t(`start.${step.key}Hint`)}</small>
              </span>
              <Icon name="next" />
            </A>
          </li>
        )}
      </For>
    </ol>
  )
}

/** A company's first minutes. */
export default function GettingStarted() {
  const { steps, open } = createChecklist()
  return (
    <Page title={t('start.title')} eyebrow={session.company()?.company_name}>
      <p class="quiet">{t('start.intro')}</p>
      <div class="first-steps">
        <Checklist steps={steps} />
      </div>
      <Show when={!open() && steps().every((step) => step.done)}>
        <Panel icon="done" tone="ok" title={t('start.finished')}>
          {t('start.finishedBody')}
        </Panel>
      </Show>
      <div>
        <LinkButton href="/" kind="quiet">
          {t('start.later')}
        </LinkButton>
      </div>
    </Page>
  )
}
