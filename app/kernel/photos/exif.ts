// Reads what a camera wrote into its file. A chunk of its own, loaded when files are picked.
import { parse } from 'exifr/dist/lite.esm.mjs'

/** Where and when a file says that it was taken. */
export interface Taken {
  /** ISO 8601, null when the file does not say. */
  takenAt: string | null
  latitude: number | null
  longitude: number | null
}

/** What the file says; nothing for one without EXIF, or with a damaged one. */
export async function readTaken(file: Blob): Promise<Taken> {
  const none: Taken = { takenAt: null, latitude: null, longitude: null }
  const found = (await parse(file, { ifd0: {}, exif: true, gps: true }).catch(() => undefined)) as Record<string, unknown> | undefined
  if (!found) return none
  const { latitude, longitude } = found as { latitude?: number; longitude?: number }
  const placed = isDegree(latitude, 90) && isDegree(longitude, 180) && !(latitude === 0 && longitude === 0)
  return {
    takenAt: dateOf(found['DateTimeOriginal'] ?? found['CreateDate'], found['OffsetTimeOriginal']),
    latitude: placed ? latitude! : null,
    longitude: placed ? longitude! : null,
  }
}

const isDegree = (value: number | undefined, most: number) => typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= most

/** The local time that a camera wrote, in its own offset when it says one, else in this device's. */
function dateOf(written: unknown, offset: unknown): string | null {
  if (!(written instanceof Date) || Number.isNaN(written.getTime()) || written.getFullYear() < 1900) return null
  if (typeof offset !== 'string' || !/^[+-]\d\d:\d\d$/.test(offset)) return written.toISOString()
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${written.getFullYear()}-${two(written.getMonth() + 1)}-${two(written.getDate())}`
  const time = `${two(written.getHours())}:${two(written.getMinutes())}:${two(written.getSeconds())}`
  return new Date(`${day}T${time}${offset}`).toISOString()
}
