import './looks.css'
import { createEffect, createMemo, For, on, onCleanup, Show } from 'solid-js'
import { run } from '../../kernel/data.ts'
import { changed } from '../../kernel/changes.ts'
import type { CompanyRow } from '../../kernel/generated/tables.ts'
import { t } from '../../kernel/i18n/index.ts'
import { session } from '../../kernel/session.ts'
import { brandTokens } from '../../kernel/ui/brand.ts'
import { keepStyle } from '../../kernel/ui/css.ts'
import { announce } from '../../kernel/ui/dialogs.tsx'
import { FormNotes } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Button, Note, WriteState } from '../../kernel/ui/parts.tsx'
import { PictureField } from '../../kernel/ui/PictureField.tsx'
import { look, wear } from '../../kernel/ui/theme.ts'

/** The product's own, then what building firms wear. */
const OWN = '#f26a0f'
const colours = [OWN, '#c8102e', '#1b5891', '#00695c', '#2e7d32', '#5b3a8e', '#6d4c41', '#37474f']
const papers = {
  light: { ground: '#f6f4f1', surface: '#ffffff', sunken: '#efece8' },
  dark: { ground: '#151311', surface: '#1f1c1a', sunken: '#2b2724' },
}

/** The company's logo and colour, tried on this screen before they are saved for everybody. */
export function Looks(props: { company: CompanyRow }) {
  const locked = !session.can('company.edit')
  const form = createForm({
    initial: { logo: props.company.logo, accent: props.company.accent ?? OWN },
    async send({ logo, accent }) {
      const edit = changed({ logo: props.company.logo, accent: props.company.accent }, { logo, accent: accent === OWN ? null : accent })
      if (edit) await run('update_company', edit)
      announce(t('looks.saved'))
    },
  })
  const chosen = () => (form.values.accent === OWN ? null : form.values.accent)
  createEffect(on([() => form.values.accent, look], () => void wear(chosen(), false), { defer: true }))
  onCleanup(() => void wear(session.company()?.accent ?? null))
  const samples = createMemo(() => [
    { name: t('account.theme.light'), paper: papers.light, tokens: brandTokens(form.values.accent, papers.light), ink: '#1d1a17' },
    { name: t('account.theme.dark'), paper: papers.dark, tokens: brandTokens(form.values.accent, papers.dark), ink: '#f5f2ee' },
  ])
  const moved = () => form.values.accent !== OWN && samples().some(({ tokens }) => tokens['--accent'] !== form.values.accent)
  return (
    <form class="form card looks" noValidate onSubmit={form.submit}>
      <header>
        <h2>{t('looks.title')}</h2>
        <WriteState row={props.company.id} />
      </header>
      <FormNotes form={form} />
      <PictureField
        kind="logo"
        name={props.company.name}
        label={t('looks.logo')}
        hint={t('looks.logoHint')}
        value={form.values.logo}
        onChange={(logo) => form.set('logo', logo)}
        disabled={locked}
      />
      <fieldset class="field" disabled={locked}>
        <legend class="label">{t('looks.colour')}</legend>
        <div class="swatches">
          <For each={colours}>
            {(colour) => (
              <label class="swatch" title={colour === OWN ? t('looks.own') : colour}>
                <input
                  type="radio"
                  name="accent"
                  value={colour}
                  checked={form.values.accent === colour}
                  onChange={() => form.set('accent', colour)}
                />
                <span ref={(element) => keepStyle(element, () => ({ background: colour }))}>
                  <Icon name="check" />
                </span>
                <span class="visually-hidden">{colour === OWN ? t('looks.own') : colour}</span>
              </label>
            )}
          </For>
          <label class="swatch-other">
            <input type="color" value={form.values.accent} onInput={(event) => form.set('accent', event.currentTarget.value.toLowerCase())} />
            <span>{t('looks.another')}</span>
          </label>
        </div>
      </fieldset>
      <div class="looks-samples" role="group" aria-label={t('looks.sample')}>
        <For each={samples()}>
          {(sample) => (
            <div
              class="looks-sample"
              ref={(element) =>
                keepStyle(element, () => ({
                  ...sample.tokens,
                  '--ground': sample.paper.ground,
                  '--ink': sample.ink,
                  '--surface': sample.paper.surface,
                }))
              }
            >
              <span class="small">{sample.name}</span>
              <span class="button primary">{t('action.save')}</span>
              <span class="looks-link">{t('looks.link')}</span>
              <span class="looks-soft">{t('nav.sites')}</span>
            </div>
          )}
        </For>
      </div>
      <Show when={moved()}>
        <Note icon="info" tone="info">
          {t('looks.moved')}
        </Note>
      </Show>
      <Show when={!locked}>
        <div>
          <Button kind="primary" type="submit" busy={form.busy()}>
            {t('action.save')}
          </Button>
        </div>
      </Show>
    </form>
  )
}
