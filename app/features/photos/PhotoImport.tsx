import { useSearchParams } from '@solidjs/router'
import { createEffect, createMemo, createSignal, For, Show } from 'solid-js'
import { createStore } from 'solid-js/store'
import { createRows } from '../../kernel/data.ts'
import { toAppError } from '../../kernel/errors.ts'
import { bytes } from '../../kernel/i18n/format.ts'
import { plural, t } from '../../kernel/i18n/index.ts'
import { wereKnown } from '../../kernel/photos/view.ts'
import { session } from '../../kernel/session.ts'
import { explain } from '../../kernel/ui/explain.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Page } from '../../kernel/ui/Page.tsx'
import { Badge, Button, LinkButton, Progress } from '../../kernel/ui/parts.tsx'
import { addFile } from './capture.ts'
import { photoSites } from './data.ts'
import { hereOf } from './labels.ts'
import { NoPlace } from './NoPlace.tsx'
import { SiteZone } from './SiteZone.tsx'
import './photos.css'

interface Line {
  file: File
  /** The photo's, once it is kept. */
  id?: string
  state: 'waiting' | 'working' | 'kept' | 'known' | 'refused'
  fault?: unknown
}

/** Brings existing photos in, with the dates and places that their files carry; says for each file what became of it. */
export default function PhotoImport() {
  const [search] = useSearchParams<{ site?: string }>()
  const sites = createRows(photoSites)
  const allowed = createMemo(() => sites.rows().filter((site) => session.can('photo.upload', site.id)))
  const [siteId, setSiteId] = createSignal(search.site ?? '')
  const [zone, setZone] = createSignal('')
  const [lines, setLines] = createStore<Line[]>([])
  const [working, setWorking] = createSignal(false)
  const count = (state: Line['state']) => lines.filter((line) => line.state === state).length
  // The server knew it, and this device did not.
  createEffect(() =>
    lines.forEach((line, place) => line.state === 'kept' && line.id && wereKnown().has(line.id) && setLines(place, { state: 'known' })),
  )
  const done = () => lines.length - count('waiting') - count('working')

  async function work(): Promise<void> {
    if (working() || !siteId()) return
    setWorking(true)
    for (let place = 0; place < lines.length; place++) {
      if (lines[place]!.state !== 'waiting') continue
      setLines(place, { state: 'working' })
      try {
        const id = await addFile(lines[place]!.file, { site_id: siteId(), zone: zone().trim() || null })
        setLines(place, { state: 'kept', id })
      } catch (error) {
        setLines(place, toAppError(error).code === 'TAKEN' ? { state: 'known' } : { state: 'refused', fault: error })
      }
    }
    setWorking(false)
  }
  const add = (files: FileList | null | undefined) => {
    setLines((all) => [...all, ...[...(files ?? [])].map((file): Line => ({ file, state: 'waiting' }))])
    void work()
  }
  const retry = () => {
    setLines((line) => line.state === 'refused', { state: 'waiting', fault: undefined })
    void work()
  }
  const look = (state: Line['state']) =>
    ({
      waiting: { icon: 'clock', tone: '' },
      working: { icon: 'sync', tone: 'info' },
      kept: { icon: 'check', tone: 'ok' },
      known: { icon: 'copy', tone: '' },
      refused: { icon: 'stop', tone: 'danger' },
    })[state] as { icon: 'clock' | 'sync' | 'check' | 'copy' | 'stop'; tone: '' | 'ok' | 'info' | 'danger' }

  return (
    <Page title={t('photo.import')} back="/photos" narrow>
      <Show when={allowed().length > 0 || sites.source() === 'none'} fallback={<NoPlace />}>
        <p class="quiet">{t('photo.importHint')}</p>
        <SiteZone
          sites={allowed()}
          siteId={siteId()}
          onSite={(id) => {
            setSiteId(id)
            void work()
          }}
          zone={zone()}
          onZone={setZone}
          fixed={working()}
        />
        <label
          class="drop"
          classList={{ idle: !siteId() }}
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => {
            event.preventDefault()
            if (siteId()) add(event.dataTransfer?.files)
          }}
        >
          <Icon name="image" />
          <strong>{t('photo.choose')}</strong>
          <span class="small quiet">{t(siteId() ? 'photo.chooseHint' : 'photo.siteFirst')}</span>
          <input
            class="visually-hidden"
            type="file"
            accept="image/*"
            multiple
            disabled={!siteId()}
            onChange={(event) => {
              add(event.currentTarget.files)
              event.currentTarget.value = ''
            }}
          />
        </label>
        <Show when={lines.length}>
          <section class="section" aria-label={t('photo.import')}>
            <Progress done={done()} total={lines.length} label={t('photo.import')} />
            <p role="status">
              {plural('photo.imported', count('kept'))}
              <Show when={count('known')}>
                {' · '}
                {plural('photo.known', count('known'))}
              </Show>
              <Show when={count('refused')}>
                {' · '}
                {plural('photo.notImported', count('refused'))}
              </Show>
            </p>
            <ul class="items">
              <For each={lines}>
                {(line) => (
                  <li class="item">
                    <div class="grow">
                      <p class="item-title clip">{line.file.name}</p>
                      <p class="item-line">
                        <span>{bytes(line.file.size)}</span>
                        <Show when={line.id && hereOf(line.id)?.args.latitude === null}>
                          <span>{t('photo.noPlace')}</span>
                        </Show>
                      </p>
                      <Show when={line.fault}>{(fault) => <p class="fault">{explain(fault())}</p>}</Show>
                    </div>
                    <Badge icon={look(line.state).icon} tone={look(line.state).tone}>
                      {t(`photo.line.${line.state}`)}
                    </Badge>
                  </li>
                )}
              </For>
            </ul>
            <div class="row wrap">
              <Show when={count('refused') && !working()}>
                <Button icon="sync" onClick={retry}>
                  {t('action.retry')}
                </Button>
              </Show>
              <Show when={!working() && count('kept') + count('known')}>
                <LinkButton kind="primary" href={`/photos?site=${siteId()}`}>
                  {t('photo.see')}
                </LinkButton>
              </Show>
            </div>
          </section>
        </Show>
      </Show>
    </Page>
  )
}
