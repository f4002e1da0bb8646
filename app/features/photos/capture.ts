import { addPhoto, type PhotoWords } from '../../kernel/photos/view.ts'
import type { Position } from '../../kernel/ui/position.ts'

/** Where a photo goes and what is said about it. */
export interface Target {
  site_id: string
  incident_id?: string | null
  zone?: string | null
  caption?: string | null
  before_id?: string | null
}

const nowhere = { latitude: null, longitude: null, accuracy_m: null, position_source: 'none' } as const

/** Whether the file of a picture says where it was taken. */
export async function hasPlace(file: File): Promise<boolean> {
  const { readTaken } = await import('../../kernel/photos/exif.ts')
  return (await readTaken(file)).latitude !== null
}

/** Words for a picture that was taken this moment, at this place. */
export const shutterWords = (target: Target, place: Position | null): PhotoWords => ({
  ...target,
  taken_at: new Date().toISOString(),
  ...(place ? { ...place, position_source: 'shutter' } : nowhere),
})

/**
 * Keeps a picture that a person picked: time and place as its file says them, else the file's own time and no place. Answers the photo's id.
 * @param justTaken the place of this device, when the picture comes straight from its camera
 */
export async function addFile(file: File, target: Target, justTaken?: Position | null): Promise<string> {
  const { readTaken } = await import('../../kernel/photos/exif.ts')
  const taken = await readTaken(file)
  const exif =
    taken.latitude !== null ? { latitude: taken.latitude, longitude: taken.longitude, accuracy_m: null, position_source: 'exif' as const } : null
  const shutter = justTaken ? { ...justTaken, position_source: 'shutter' as const } : null
  return addPhoto(file, {
    ...target,
    taken_at: taken.takenAt ?? new Date(file.lastModified || Date.now()).toISOString(),
    ...(exif ?? shutter ?? nowhere),
  })
}
