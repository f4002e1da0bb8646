import { createMemo, createUniqueId, For, Show } from 'solid-js'
import { createRows, run } from '../../kernel/data.ts'
import { dateTime, number } from '../../kernel/i18n/format.ts'
import { t } from '../../kernel/i18n/index.ts'
import { announce } from '../../kernel/ui/dialogs.tsx'
import { FormNotes, SelectField, TextArea, TextField } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Button } from '../../kernel/ui/parts.tsx'
import { createPosition } from '../../kernel/ui/position.ts'
import { Sheet } from '../../kernel/ui/Sheet.tsx'
import { photoSites, photoZones, sitePhotos, type PhotoItem } from './data.ts'

/** A coordinate as it is typed, comma or point; NaN when it is none. */
const degree = (text: string) => (text.trim() ? Number(text.trim().replace(',', '.')) : null)

/** What is said about a photo: words, zone, place, and the photo that shows the same place before. */
export function PhotoEdit(props: { photo: PhotoItem; others: PhotoItem[]; onClose: () => void }) {
  const photo = props.photo
  const zonesId = createUniqueId()
  const zones = createRows(() => photoZones(photo.site_id))
  const sites = createRows(photoSites)
  const older = createRows(() => sitePhotos(photo.site_id, 200))
  const { position, state, seek } = createPosition({ atOnce: false })
  /** The position of the site, when it has one. */
  const sitePlace = () => {
    const { latitude = null, longitude = null } = sites.rows().find((each) => each.id === photo.site_id) ?? {}
    return latitude !== null && longitude !== null ? { latitude, longitude } : null
  }
  const candidates = createMemo(() => older.rows().filter((each) => each.id !== photo.id && each.taken_at < photo.taken_at))
  const initial = {
    caption: photo.caption ?? '',
    zone: photo.zone ?? '',
    latitude: photo.latitude?.toString() ?? '',
    longitude: photo.longitude?.toString() ?? '',
    before_id: photo.before_id ?? '',
  }
  const form = createForm<typeof initial>({
    initial,
    check(values) {
      const [latitude, longitude] = [degree(values.latitude), degree(values.longitude)]
      const wrong = (value: number | null, most: number) => value !== null && !(Math.abs(value) <= most)
      return {
        ...(wrong(latitude, 90) || (latitude === null && longitude !== null) ? { latitude: 'WRONG' } : {}),
        ...(wrong(longitude, 180) || (longitude === null && latitude !== null) ? { longitude: 'WRONG' } : {}),
      }
    },
    async send(values) {
      const now = {
        caption: values.caption.trim() || null,
        zone: values.zone.trim() || null,
        latitude: degree(values.latitude),
        longitude: degree(values.longitude),
        before_id: values.before_id || null,
      }
      const keys = (Object.keys(now) as (keyof typeof now)[]).filter((key) => now[key] !== photo[key])
      if (keys.length) {
        const of = (from: object) => Object.fromEntries(keys.map((key) => [key, (from as Record<string, unknown>)[key] ?? null]))
        await run('update_photo', { id: photo.id, changes: of(now), was: of(photo) })
        announce(t('photo.edited'))
      }
      props.onClose()
    },
  })
  const put = (place: { latitude: number; longitude: number }) => {
    form.set('latitude', place.latitude.toFixed(6))
    form.set('longitude', place.longitude.toFixed(6))
  }
  return (
    <Sheet title={t('photo.edit')} onClose={props.onClose}>
      <form class="form" noValidate onSubmit={form.submit}>
        <FormNotes form={form} />
        <TextArea form={form} name="caption" label={t('field.caption')} rows={2} maxlength={1000} />
        <TextField form={form} name="zone" label={t('field.zone')} maxlength={120} list={zonesId} />
        <datalist id={zonesId}>
          <For each={zones.rows()}>{(row) => <option value={row.zone} />}</For>
        </datalist>
        <div class="form-grid">
          <TextField form={form} name="latitude" label={t('field.latitude')} inputmode="decimal" />
          <TextField form={form} name="longitude" label={t('field.longitude')} inputmode="decimal" />
        </div>
        <div class="row wrap">
          <Button icon="pin" onClick={() => seek(put)} busy={state() === 'seeking'}>
            {t('photo.here')}
          </Button>
          <Show when={sitePlace()}>
            {(place) => (
              <Button icon="site" onClick={() => put(place())}>
                {t('photo.atSite')}
              </Button>
            )}
          </Show>
          <Show when={position()}>{(found) => <span class="small quiet">± {number(found().accuracy_m)} m</span>}</Show>
          <Show when={state() === 'refused' || state() === 'unknown'}>
            <span class="small quiet" role="status">
              {t(`incident.position.${state() as 'refused' | 'unknown'}`)}
            </span>
          </Show>
        </div>
        <SelectField
          form={form}
          name="before_id"
          label={t('photo.beforeField')}
          blank={t('photo.noBefore')}
          options={candidates().map((each) => ({
            value: each.id,
            label: [dateTime(each.taken_at), each.zone, each.caption].filter(Boolean).join(' · '),
          }))}
        />
        <div class="sheet-actions">
          <Button onClick={() => props.onClose()}>{t('action.cancel')}</Button>
          <Button kind="primary" type="submit" busy={form.busy()}>
            {t('action.save')}
          </Button>
        </div>
      </form>
    </Sheet>
  )
}
