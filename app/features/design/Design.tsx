import './design.css'
import { createSignal, For, type JSX } from 'solid-js'
import { AppError } from '../../kernel/errors.ts'
import { t } from '../../kernel/i18n/index.ts'
import { keepStyle } from '../../kernel/ui/css.ts'
import { announce, confirm } from '../../kernel/ui/dialogs.tsx'
import { ChecksField, SelectField, TextArea, TextField, TilesField } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Icon, iconNames } from '../../kernel/ui/icons.tsx'
import { MenuButton } from '../../kernel/ui/Menu.tsx'
import { Page } from '../../kernel/ui/Page.tsx'
import { Avatar, Badge, Button, LinkButton, Note, Panel, Progress } from '../../kernel/ui/parts.tsx'
import { Sheet } from '../../kernel/ui/Sheet.tsx'
import { setSunlight, setTheme, sunlight, theme, type Theme } from '../../kernel/ui/theme.ts'

const colours = ['ground', 'surface', 'sunken', 'line', 'line-strong', 'ink', 'ink-2', 'ink-3', 'accent', 'accent-ink', 'accent-soft']
const tones = ['ok', 'warn', 'danger', 'info'] as const
const sizes = ['title', 'large', 'text', 'small', 'tiny']
const page = 'Design'
const kinds = ['primary', 'plain', 'quiet', 'danger'] as const

/** Every part that screens are made of, in each of its states. In development only: routes.tsx leaves it out of what is built. */
export default function Design() {
  const [sheet, setSheet] = createSignal(false)
  const [pressed, setPressed] = createSignal('one')
  const form = createForm({
    initial: { name: '', note: '', severity: 'low', site: '', days: ['1', '2'], wrong: 'x' },
    required: () => ['name'],
    check: () => ({ wrong: 'WRONG' }),
    send: () => Promise.reject(new AppError('NETWORK')),
  })
  const word = t('action.save')
  return (
    <Page title={page}>
      <div class="design" data-design-page>
        <Part name="Theme">
          <For each={['auto', 'light', 'dark'] as Theme[]}>
            {(each) => (
              <button type="button" class="chip" aria-pressed={theme() === each} onClick={() => setTheme(each)}>
                {t(`account.theme.${each}`)}
              </button>
            )}
          </For>
          <button type="button" class="chip" aria-pressed={sunlight()} onClick={() => setSunlight(!sunlight())}>
            {t('account.sunlight')}
          </button>
        </Part>
        <Part name="Colour">
          <For each={[...colours, ...tones, ...tones.map((tone) => `${tone}-soft`)]}>
            {(name) => (
              <span class="design-colour">
                <span ref={(element) => keepStyle(element, () => ({ background: `var(--${name})` }))} />
                <code>{name}</code>
              </span>
            )}
          </For>
        </Part>
        <Part name="Type">
          <div class="stack tight">
            <For each={sizes}>
              {(name) => (
                <p ref={(element) => keepStyle(element, () => ({ 'font-size': `var(--${name})` }))}>{`${name} · ${t('today.sites')} 1 234,50 €`}</p>
              )}
            </For>
          </div>
        </Part>
        <Part name="Icon">
          <For each={iconNames}>
            {(name) => (
              <span class="design-icon">
                <Icon name={name} />
                <code>{name}</code>
              </span>
            )}
          </For>
        </Part>
        <Part name="Button">
          <For each={kinds}>
            {(kind) => (
              <>
                <Button kind={kind}>{word}</Button>
                <Button kind={kind} icon="plus">
                  {word}
                </Button>
                <Button kind={kind} busy>
                  {word}
                </Button>
                <Button kind={kind} disabled>
                  {word}
                </Button>
              </>
            )}
          </For>
          <Button kind="primary" field>
            {word}
          </Button>
          <LinkButton href="/design">{t('action.continue')}</LinkButton>
          <button type="button" class="button icon-only quiet" aria-label={t('action.close')}>
            <Icon name="close" />
          </button>
        </Part>
        <Part name="Badge">
          <Badge>{t('write.queued')}</Badge>
          <For each={[...tones, 'alarm'] as const}>
            {(tone) => (
              <Badge tone={tone} icon="incident">
                {t('incident.severity.high')}
              </Badge>
            )}
          </For>
          <Avatar name={page} />
        </Part>
        <Part name="Note">
          <For each={['', 'info', 'warn', 'danger'] as const}>
            {(tone) => (
              <Note icon="info" tone={tone} action={<Button>{t('action.retry')}</Button>}>
                {t('state.offlineBody')}
              </Note>
            )}
          </For>
        </Part>
        <Part name="Panel">
          <Panel icon="site" title={t('site.empty')} actions={<Button kind="primary">{t('create.site')}</Button>}>
            {t('site.emptyCreate')}
          </Panel>
          <Panel icon="alert" tone="danger" title={t('state.error')} actions={<Button>{t('action.retry')}</Button>} />
          <Panel icon="done" tone="ok" title={t('today.clear')}>
            {t('today.clearBody')}
          </Panel>
        </Part>
        <Part name="List">
          <ul class="items">
            <For each={tones}>
              {(tone) => (
                <li>
                  <a class="item" href="/design">
                    <span class={`glyph ${tone}`}>
                      <Icon name="incident" />
                    </span>
                    <span class="grow">
                      <span class="item-title">{t('today.sites')}</span>
                      <span class="item-line">
                        <span>{t('field.city')}</span>
                        <span>{t('state.now')}</span>
                      </span>
                    </span>
                    <Icon name="next" />
                  </a>
                </li>
              )}
            </For>
          </ul>
        </Part>
        <Part name="Field">
          <form class="form" noValidate onSubmit={form.submit}>
            <TextField form={form} name="name" label={t('field.name')} hint={t('picture.portraitHint')} />
            <TextField form={form} name="wrong" label={t('field.code')} />
            <TextField form={form} name="site" label={t('field.city')} disabled />
            <TextArea form={form} name="note" label={t('field.description')} />
            <SelectField form={form} name="site" label={t('field.site_id')} blank={t('state.unknown')} options={[]} />
            <TilesField
              form={form}
              name="severity"
              label={t('field.severity')}
              options={(['low', 'medium', 'high', 'critical'] as const).map((value) => ({
                value,
                label: t(`incident.severity.${value}`),
                icon: 'incident',
              }))}
            />
            <ChecksField
              form={form}
              name="days"
              label={t('field.working_days')}
              options={['1', '2', '3'].map((value) => ({ value, label: value }))}
            />
            <Button kind="primary" type="submit">
              {word}
            </Button>
          </form>
        </Part>
        <Part name="Choice">
          <For each={['one', 'two', 'three']}>
            {(each) => (
              <button type="button" class="chip" aria-pressed={pressed() === each} onClick={() => setPressed(each)}>
                {each} <span class="count">{each.length}</span>
              </button>
            )}
          </For>
          <div class="tabs" role="group" aria-label={t('action.filter')}>
            <For each={['one', 'two', 'three']}>
              {(each) => (
                <button type="button" class="tab" aria-pressed={pressed() === each} onClick={() => setPressed(each)}>
                  {each}
                </button>
              )}
            </For>
          </div>
        </Part>
        <Part name="Progress">
          <Progress done={3} total={10} label={t('state.loading')} />
          <Progress done={0} total={0} label={t('state.loading')} />
          <div class="skeletons">
            <div class="skeleton" />
          </div>
        </Part>
        <Part name="Menu">
          <MenuButton
            label={t('table.columns')}
            choices={[
              { icon: 'edit', label: t('action.edit'), run: () => announce(t('action.edit')) },
              { icon: 'archive', label: t('action.sort'), run: () => undefined, off: true },
              { icon: 'trash', label: t('picture.remove'), run: () => undefined, tone: 'danger' },
            ]}
          />
        </Part>
        <Part name="Sheet">
          <Button onClick={() => setSheet(true)}>{t('action.edit')}</Button>
          <Button onClick={() => void confirm({ title: word, body: t('state.offlineBody'), action: word, danger: true })}>{t('action.done')}</Button>
          <Button onClick={() => announce(t('looks.saved'))}>{t('action.continue')}</Button>
        </Part>
      </div>
      {sheet() && (
        <Sheet
          title={t('action.edit')}
          onClose={() => setSheet(false)}
          actions={<Button onClick={() => setSheet(false)}>{t('action.cancel')}</Button>}
        >
          <p>{t('state.offlineBody')}</p>
        </Sheet>
      )}
    </Page>
  )
}

function Part(props: { name: string; children: JSX.Element }) {
  return (
    <section class="card" aria-label={props.name}>
      <h2>{props.name}</h2>
      <div class="design-states">{props.children}</div>
    </section>
  )
}
