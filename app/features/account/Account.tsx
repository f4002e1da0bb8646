import { A, useNavigate } from '@solidjs/router'
import { createResource, createSignal, For, Match, Show, Switch } from 'solid-js'
import { createRows } from '../../kernel/data.ts'
import { ago, date, list } from '../../kernel/i18n/format.ts'
import { locale, locales, setLocale, t, tOr, type Locale } from '../../kernel/i18n/index.ts'
import { me } from '../../kernel/me.ts'
import { session, type DeviceSession } from '../../kernel/session.ts'
import { announce, confirm } from '../../kernel/ui/dialogs.tsx'
import { explain } from '../../kernel/ui/explain.ts'
import { Face } from '../../kernel/ui/Face.tsx'
import { Icon, type IconName } from '../../kernel/ui/icons.tsx'
import { Page } from '../../kernel/ui/Page.tsx'
import { Badge, Button, Note } from '../../kernel/ui/parts.tsx'
import { setSunlight, setTheme, sunlight, theme, type Theme } from '../../kernel/ui/theme.ts'
import { CardSheet, personDetail } from '../people/public.ts'
import { deviceName } from './device.ts'
import { signOutSafely } from './sign-out.ts'

const themes: { value: Theme; icon: IconName }[] = [
  { value: 'auto', icon: 'device' },
  { value: 'light', icon: 'sun' },
  { value: 'dark', icon: 'moon' },
]

/** This person on this device: card, language, theme, devices, signing out. */
export default function Account() {
  const navigate = useNavigate()
  const mine = createRows(() => personDetail(me()))
  const [editing, setEditing] = createSignal(false)
  const leave = async () => {
    if (await signOutSafely()) navigate('/sign-in')
  }
  return (
    <Page title={t('nav.account')} back="/menu" narrow>
      <div class="card">
        <div class="row">
          <Face kind="people" picture={mine.rows()[0]?.portrait} name={session.company()?.full_name ?? ''} />
          <div class="grow">
            <p class="strong">{mine.rows()[0]?.full_name ?? session.company()?.full_name}</p>
            <p class="small quiet">{session.user()?.email}</p>
            <p class="small quiet">{list((session.company()?.roles ?? []).map((role) => tOr(`role.${role}`, role)))}</p>
          </div>
          <Show when={mine.rows()[0]}>
            <button type="button" class="button icon-only quiet" aria-label={t('person.editCard')} onClick={() => setEditing(true)}>
              <Icon name="edit" />
            </button>
          </Show>
        </div>
      </div>

      <section class="card">
        <h2>{t('account.screen')}</h2>
        <label class="field">
          <span class="label">{t('account.language')}</span>
          <span class="select">
            <select class="input" onChange={(event) => setLocale(event.currentTarget.value as Locale)}>
              <For each={Object.entries(locales)}>
                {([key, name]) => (
                  <option value={key} selected={key === locale()}>
                    {name}
                  </option>
                )}
              </For>
            </select>
            <Icon name="down" />
          </span>
        </label>
        <fieldset class="field">
          <legend class="label">{t('account.theme')}</legend>
          <div class="tiles columns-3">
            <For each={themes}>
              {({ value, icon }) => (
                <label class="tile">
                  <input type="radio" name="theme" checked={theme() === value} onChange={() => setTheme(value)} />
                  <Icon name={icon} />
                  <span>{t(`account.theme.${value}`)}</span>
                </label>
              )}
            </For>
          </div>
        </fieldset>
        <label class="check">
          <input type="checkbox" checked={sunlight()} onChange={(event) => setSunlight(event.currentTarget.checked)} />
          <span>
            {t('account.sunlight')}
            <small>{t('account.sunlightHint')}</small>
          </span>
        </label>
      </section>

      <Show when={session.company()?.factor_rule === 'mandatory' && session.company()?.factor_due}>
        {(day) => (
          <Note icon="lock" tone="warn">
            {t('account.factorMandatory', { day: date(day()) })}
          </Note>
        )}
      </Show>
      <A class="choice" href="/account/security">
        <Icon name="lock" />
        <span class="grow">
          <strong>{t('account.security')}</strong>
          <small>{t('account.securityHint')}</small>
        </span>
        <Icon name="next" />
      </A>

      <Devices />

      <div>
        <Button icon="leave" onClick={leave}>
          {t('account.signOut')}
        </Button>
      </div>
      <Show when={editing() && mine.rows()[0]}>{(person) => <CardSheet person={person()} onClose={() => setEditing(false)} />}</Show>
    </Page>
  )
}

function Devices() {
  const [devices, { refetch }] = createResource(() => session.sessions())
  const end = async (device: DeviceSession) => {
    const name = deviceName(device.user_agent)
    if (!(await confirm({ title: t('account.endTitle', { device: name }), body: t('account.endBody'), action: t('account.end'), danger: true })))
      return
    try {
      await session.endSession(device.id)
      announce(t('account.ended', { device: name }))
    } catch (error) {
      announce(explain(error), 'alert')
    }
    void refetch()
  }
  return (
    <section class="section">
      <header>
        <h2>{t('account.devices')}</h2>
      </header>
      <Switch>
        <Match when={devices.error}>
          {(error) => (
            <Note
              icon="offline"
              action={
                <Button kind="quiet" onClick={() => void refetch()}>
                  {t('action.retry')}
                </Button>
              }
            >
              {t('account.devicesOnline')} {explain(error())}
            </Note>
          )}
        </Match>
        <Match when={devices.loading && !devices.latest}>
          <div class="skeletons">
            <div class="skeleton" />
          </div>
        </Match>
        <Match when={devices.latest}>
          {(all) => (
            <ul class="items">
              <For each={all()}>
                {(device) => (
                  <li class="item">
                    <span class="glyph">
                      <Icon name={/Mobi|Android|iPhone/.test(device.user_agent ?? '') ? 'device' : 'laptop'} />
                    </span>
                    <div class="grow">
                      <p class="item-title">{deviceName(device.user_agent)}</p>
                      <p class="item-line">
                        <span>{t('account.used', { ago: ago(device.refreshed_at) })}</span>
                        <Show when={device.ip}>
                          <span>{device.ip}</span>
                        </Show>
                      </p>
                      <Show when={device.current}>
                        <p class="item-badges">
                          <Badge tone="ok" icon="check">
                            {t('account.thisDevice')}
                          </Badge>
                        </p>
                      </Show>
                    </div>
                    <Show when={!device.current}>
                      <Button kind="quiet" aria-label={t('account.endOf', { device: deviceName(device.user_agent) })} onClick={() => end(device)}>
                        {t('account.end')}
                      </Button>
                    </Show>
                  </li>
                )}
              </For>
            </ul>
          )}
        </Match>
      </Switch>
    </section>
  )
}
