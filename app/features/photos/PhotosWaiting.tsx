import { createMemo, For, Show } from 'solid-js'
import { bytes, dateTime } from '../../kernel/i18n/format.ts'
import { plural, t, tOr } from '../../kernel/i18n/index.ts'
import { discardPhoto, knownPhotos, photosHere, retryPhotos, type QueuedPhoto } from '../../kernel/photos/view.ts'
import { confirm } from '../../kernel/ui/dialogs.tsx'
import { explain } from '../../kernel/ui/explain.ts'
import { Badge, Button, Progress } from '../../kernel/ui/parts.tsx'
import { stateLook } from './labels.ts'
import { Picture } from './Picture.tsx'
import './photos.css'

/** Photos of this device that a list shows at once; more are counted. */
const SHOWN = 60

/** Which photos wait on this device, how far they are, which were refused and why. */
export function PhotosWaiting() {
  const refused = createMemo(() => photosHere().filter((photo) => photo.state === 'refused' && !knownPhotos().has(photo.id)))
  const waiting = createMemo(() =>
    photosHere().filter((photo) => photo.state !== 'verified' && (photo.state !== 'refused' || knownPhotos().has(photo.id))),
  )
  const size = (photos: QueuedPhoto[]) => photos.reduce((sum, photo) => sum + photo.args.bytes, 0)
  const sent = () => waiting().reduce((sum, photo) => sum + Math.min(photo.sent, photo.args.bytes), 0)
  const discard = async (id: string) => {
    const sure = await confirm({ title: t('photo.discardTitle'), body: t('photo.discardBody'), action: t('photo.discard'), danger: true })
    if (sure) await discardPhoto(id)
  }
  return (
    <Show when={refused().length + waiting().length > 0}>
      <section class="section" aria-label={t('photo.waitingTitle')}>
        <header>
          <h2>
            {t('photo.waitingTitle')} <span class="section-count">{refused().length + waiting().length}</span>
          </h2>
          <Button kind="quiet" icon="sync" onClick={() => void retryPhotos()}>
            {t('photo.sendNow')}
          </Button>
        </header>
        <Show when={waiting().length}>
          <Progress done={sent()} total={size(waiting())} label={t('photo.waitingTitle')} />
          <p class="small quiet" role="status">
            {plural('photo.waiting', waiting().length, { size: bytes(size(waiting())) })}
          </p>
        </Show>
        <ul class="items">
          <For each={[...refused(), ...waiting()].slice(0, SHOWN)}>{(photo) => <Line photo={photo} onDiscard={() => void discard(photo.id)} />}</For>
        </ul>
      </section>
    </Show>
  )
}

function Line(props: { photo: QueuedPhoto; onDiscard: () => void }) {
  const photo = () => props.photo
  const known = () => knownPhotos().has(photo().id)
  const look = () => stateLook(known() ? 'known' : photo().state)
  return (
    <li class="item photo-line">
      <span class="photo-tile">
        <Picture
          photo={{ id: photo().id, site_id: photo().args.site_id, sha256: photo().args.sha256, state: photo().state }}
          size="thumb"
          alt={t('photo.takenOne')}
        />
      </span>
      <div class="grow">
        <p class="item-title">{photo().args.caption || photo().args.zone || t('photo.takenOne')}</p>
        <p class="item-line">
          <span>{dateTime(photo().args.taken_at)}</span>
          <span>{bytes(photo().args.bytes)}</span>
        </p>
        <Show when={!known() && photo().reason}>
          {(code) => <p class={photo().state === 'refused' ? 'fault' : 'small quiet'}>{tOr(`photo.reason.${code()}`, explain({ code: code() }))}</p>}
        </Show>
        <p class="item-badges">
          <Badge icon={look().icon} tone={look().tone}>
            {look().label}
          </Badge>
          <Show when={photo().state === 'refused' && !known()}>
            <Button kind="quiet" icon="sync" onClick={() => void retryPhotos(photo().id)}>
              {t('action.retry')}
            </Button>
            <Button kind="quiet" icon="trash" onClick={() => props.onDiscard()}>
              {t('photo.discard')}
            </Button>
          </Show>
        </p>
      </div>
    </li>
  )
}
