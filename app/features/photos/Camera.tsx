import { useSearchParams } from '@solidjs/router'
import { createEffect, createMemo, createSignal, For, onCleanup, onMount, Show } from 'solid-js'
import { createRows } from '../../kernel/data.ts'
import { toAppError } from '../../kernel/errors.ts'
import { plural, t } from '../../kernel/i18n/index.ts'
import { addPhoto, photosHere } from '../../kernel/photos/view.ts'
import { session } from '../../kernel/session.ts'
import { announce } from '../../kernel/ui/dialogs.tsx'
import { explain } from '../../kernel/ui/explain.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Page } from '../../kernel/ui/Page.tsx'
import { LinkButton, Note } from '../../kernel/ui/parts.tsx'
import { createPosition, distance } from '../../kernel/ui/position.ts'
import { PositionLine } from '../../kernel/ui/PositionLine.tsx'
import { addFile, shutterWords, type Target } from './capture.ts'
import { photoIncident, photosById, photoSites } from './data.ts'
import { NoPlace } from './NoPlace.tsx'
import { createViewer } from './PhotoGrid.tsx'
import { Picture } from './Picture.tsx'
import { SiteZone } from './SiteZone.tsx'
import './photos.css'

/** Metres within which the nearest site is taken for the one where the person stands. */
const NEAR = 2_000
/** A place older than this is asked for again, ms. */
const STALE_MS = 60_000
const LAST_SITE = 'aplomb.last-site'

/** The camera: a shutter that keeps each picture with its place and time, however bad the network. */
export default function Camera() {
  const [search] = useSearchParams<{ site?: string; incident?: string }>()
  const place = createPosition()
  const { position, seek } = place
  const sites = createRows(photoSites)
  const incident = createRows(() => (search.incident ? photoIncident(search.incident) : null))
  const allowed = createMemo(() => sites.rows().filter((site) => search.incident || session.can('photo.upload', site.id)))
  const [siteId, setSiteId] = createSignal(search.site ?? '')
  const [zone, setZone] = createSignal('')
  const [caption, setCaption] = createSignal('')
  const [problem, setProblem] = createSignal<unknown>(null)
  const [taking, setTaking] = createSignal(0)
  const [mine, setMine] = createSignal<string[]>([])
  /** Those of the gallery: the place of this device is not theirs. */
  const [picked, setPicked] = createSignal<string[]>([])
  const taken = createMemo(() =>
    photosHere()
      .filter((photo) => mine().includes(photo.id))
      .reverse(),
  )

  /** Their rows, as they are now: one may have been placed by hand meanwhile. */
  const rows = createRows(() => (mine().length ? photosById(mine()) : null))
  const unplaced = () => rows.rows().filter((row) => row.latitude === null && picked().includes(row.id)).length
  const viewer = createViewer(rows.rows)

  // The site by itself: the incident's, else the only one, the nearest, the last one.
  createEffect(() => {
    const [of] = incident.rows()
    if (of) {
      setSiteId(of.site_id)
      if (!zone() && of.zone) setZone(of.zone)
    }
    if (siteId()) return
    const here = position()
    const all = allowed()
    const near = here
      ? all
          .filter((site) => site.latitude !== null && site.longitude !== null)
          .map((site) => ({ id: site.id, metres: distance(here, { latitude: site.latitude!, longitude: site.longitude! }) }))
          .filter((site) => site.metres < NEAR)
          .sort((a, b) => a.metres - b.metres)[0]?.id
      : undefined
    const last = all.find((site) => site.id === localStorage.getItem(LAST_SITE))?.id
    const guess = all.length === 1 ? all[0]!.id : (near ?? last)
    if (guess) setSiteId(guess)
  })
  let asked = Date.now()
  const freshPlace = () => {
    if (Date.now() - asked > STALE_MS) {
      asked = Date.now()
      seek()
    }
    return position()
  }
  const target = (): Target => ({
    site_id: siteId(),
    incident_id: search.incident ?? null,
    zone: zone().trim() || null,
    caption: caption().trim() || null,
  })

  async function keep(work: () => Promise<string>, fromGallery = false): Promise<void> {
    if (!siteId()) return void setProblem({ code: 'BLANK', field: 'site_id' })
    setProblem(null)
    setTaking((count) => count + 1)
    localStorage.setItem(LAST_SITE, siteId())
    try {
      const id = await work()
      setMine((all) => [...all, id])
      if (fromGallery) setPicked((all) => [...all, id])
      setCaption('')
    } catch (error) {
      setProblem(error)
    } finally {
      setTaking((count) => count - 1)
    }
  }
  const onPick = async (input: HTMLInputElement, justTaken: boolean) => {
    const files = [...(input.files ?? [])]
    input.value = ''
    for (const file of files) await keep(() => addFile(file, target(), justTaken ? freshPlace() : null), !justTaken)
    if (files.length > 1) announce(plural('photo.kept', files.length), 'device')
  }

  return (
    <Page
      title={search.incident ? t('photo.forIncident') : t('photo.new')}
      back={search.incident ? `/incidents/${search.incident}` : '/photos'}
      narrow
    >
      <Show when={allowed().length > 0 || sites.source() === 'none'} fallback={<NoPlace />}>
        <Viewfinder
          busy={taking() > 0}
          onShot={(picture) => {
            const words = shutterWords(target(), freshPlace())
            void keep(() => addPhoto(picture, words))
          }}
        />
        <Show when={problem()}>
          <Show
            when={toAppError(problem()).code === 'TAKEN'}
            fallback={
              <Note icon="alert" tone="danger">
                {explain(problem(), t('field.site_id'))}
              </Note>
            }
          >
            <Note icon="copy">{t('photo.knownHint')}</Note>
          </Show>
        </Show>
        <div class="row wrap">
          <label class="button plain">
            <Icon name="camera" />
            <span>{t('photo.phoneCamera')}</span>
            <input
              class="visually-hidden"
              type="file"
              accept="image/*"
              capture="environment"
              onChange={(event) => void onPick(event.currentTarget, true)}
            />
          </label>
          <label class="button plain">
            <Icon name="image" />
            <span>{t('photo.gallery')}</span>
            <input class="visually-hidden" type="file" accept="image/*" multiple onChange={(event) => void onPick(event.currentTarget, false)} />
          </label>
        </div>
        <SiteZone sites={allowed()} siteId={siteId()} onSite={setSiteId} zone={zone()} onZone={setZone} fixed={!!search.incident} />
        <label class="field">
          <span class="label">{t('photo.nextCaption')}</span>
          <input class="input" value={caption()} maxlength={1000} onInput={(event) => setCaption(event.currentTarget.value)} />
        </label>
        <ul class="automatic">
          <PositionLine of={place} />
          <li>
            <Icon name="device" />
            <span class="grow" role="status">
              {plural('photo.safe', taken().length)}
            </span>
          </li>
        </ul>
        <Show when={unplaced()}>
          <Note icon="pin" tone="warn">
            {plural('photo.unplaced', unplaced())}
          </Note>
        </Show>
        <Show when={taken().length}>
          <ul class="photo-grid small" aria-label={t('photo.takenNow')}>
            <For each={taken()}>
              {(photo) => (
                <li>
                  <span class="photo-tile">
                    <Picture
                      photo={{ id: photo.id, site_id: photo.args.site_id, sha256: photo.args.sha256, state: photo.state }}
                      size="thumb"
                      alt={t('photo.takenOne')}
                      eager
                    />
                    <Show when={rows.rows().some((row) => row.id === photo.id && row.latitude === null)}>
                      <button type="button" class="photo-word tiny" onClick={() => viewer.open(photo.id)}>
                        {t('photo.placeIt')}
                      </button>
                    </Show>
                  </span>
                </li>
              )}
            </For>
          </ul>
        </Show>
        <viewer.View />
        <div class="sticky-actions">
          <LinkButton
            href={search.incident ? `/incidents/${search.incident}` : siteId() ? `/photos?site=${siteId()}` : '/photos'}
            kind="primary"
            field
          >
            {t('photo.finish')}
          </LinkButton>
        </div>
      </Show>
    </Page>
  )
}

/** What the camera sees, and the shutter. Nothing is drawn where the device gives no camera: files do then. */
function Viewfinder(props: { busy: boolean; onShot: (picture: ImageBitmap) => void }) {
  let video!: HTMLVideoElement
  const [state, setState] = createSignal<'starting' | 'live' | 'refused' | 'none'>('starting')
  const [flash, setFlash] = createSignal(false)
  let stream: MediaStream | null = null
  let gone = false
  const stop = () => {
    for (const track of stream?.getTracks() ?? []) track.stop()
    stream = null
  }
  async function start(): Promise<void> {
    if (!navigator.mediaDevices?.getUserMedia) return void setState('none')
    try {
      const wanted = { facingMode: { ideal: 'environment' }, width: { ideal: 4096 }, height: { ideal: 3072 } }
      const found = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false })
      if (gone) return found.getTracks().forEach((track) => track.stop())
      stop()
      stream = found
      video.srcObject = found
      await video.play()
      setState('live')
    } catch (error) {
      if (!gone) setState((error as DOMException).name === 'NotAllowedError' ? 'refused' : 'none')
    }
  }
  // Another app, or the lock screen, takes the camera away.
  const onVisible = () => document.visibilityState === 'visible' && !stream?.active && void start()
  onMount(() => {
    void start()
    document.addEventListener('visibilitychange', onVisible)
  })
  onCleanup(() => {
    gone = true
    document.removeEventListener('visibilitychange', onVisible)
    stop()
  })
  const shoot = async () => {
    if (state() !== 'live') return
    setFlash(true)
    setTimeout(() => setFlash(false), 140)
    navigator.vibrate?.(30)
    await nextFrame(video)
    props.onShot(await createImageBitmap(video))
  }
  return (
    <div class="viewfinder" classList={{ off: state() !== 'live', flash: flash() }}>
      <video ref={video} muted playsinline aria-label={t('photo.viewfinder')} />
      <Show when={state() === 'refused' || state() === 'none'}>
        <p class="viewfinder-note">
          <Icon name="camera" />
          <span>{t(state() === 'refused' ? 'photo.cameraRefused' : 'photo.cameraNone')}</span>
        </p>
      </Show>
      <button
        type="button"
        class="shutter"
        aria-label={t('photo.shoot')}
        aria-busy={props.busy}
        disabled={state() !== 'live'}
        onClick={() => void shoot()}
      >
        <span />
      </button>
    </div>
  )
}

/** A device that has no next frame is asked no longer, ms. */
const FRAME_MS = 500

/** Waits for the camera's next picture: the one that is drawn may be older than the thumb on the shutter. */
const nextFrame = (video: HTMLVideoElement): Promise<void> =>
  new Promise((resolve) => {
    const limit = setTimeout(resolve, FRAME_MS)
    video.requestVideoFrameCallback?.(() => {
      clearTimeout(limit)
      resolve()
    })
  })
