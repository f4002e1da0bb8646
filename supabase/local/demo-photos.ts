import { createHash } from 'node:crypto'
import type { SupabaseClient } from '@supabase/supabase-js'
import jpeg from 'jpeg-js'
import { objectName } from '../../app/kernel/photos/names.ts'
import type { DemoPhoto, DemoSite } from './demo-story.ts'

const WIDTH = 640
const HEIGHT = 480
const DAY = 86_400_000
const METRES_PER_DEGREE = 111_320

type Colour = [red: number, green: number, blue: number]
const CONCRETE: Colour = [168, 164, 156]
const WOOD: Colour = [186, 138, 84]
const STEEL: Colour = [96, 104, 112]
const EARTH: Colour = [150, 122, 92]
const GLASS: Colour = [70, 96, 120]

/** A picture of a building site, drawn simply; no two seeds alike. */
export function drawScene(scene: DemoPhoto['scene'], seed: number): Buffer {
  const data = Buffer.alloc(WIDTH * HEIGHT * 4, 255)
  let chance = (seed * 2_654_435_761) >>> 0
  const random = () => (chance = (Math.imul(chance, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32
  const fill = (left: number, top: number, wide: number, tall: number, [red, green, blue]: Colour) => {
    const [west, east, south] = [Math.max(0, Math.round(left)), Math.min(WIDTH, left + wide), Math.min(HEIGHT, top + tall)]
    for (let y = Math.max(0, Math.round(top)); y < south; y++)
      for (let x = west, at = (y * WIDTH + west) * 4; x < east; x++, at += 4) {
        const grain = (((x * 7919 + y * 104_729 + seed * 31) >>> 3) % 13) - 6
        data[at] = red + grain
        data[at + 1] = green + grain
        data[at + 2] = blue + grain
      }
  }
  const beam = (fromX: number, fromY: number, toX: number, toY: number, thick: number, colour: Colour) => {
    const steps = Math.ceil(Math.hypot(toX - fromX, toY - fromY) / 3)
    for (let step = 0; step <= steps; step++)
      fill(fromX + ((toX - fromX) * step) / steps - thick / 2, fromY + ((toY - fromY) * step) / steps - thick / 2, thick, thick, colour)
  }
  const horizon = 290 + random() * 60
  for (let y = 0; y < horizon; y += 4) fill(0, y, WIDTH, 4, [150 + y / 5, 185 + y / 8, 225 - y / 20])
  fill(0, horizon, WIDTH, HEIGHT, EARTH)
  if (scene === 'facade') {
    const [left, floors, storey] = [60 + random() * 90, 3 + Math.floor(random() * 2), 70]
    fill(left, horizon + 30 - floors * storey, 400, floors * storey, CONCRETE)
    for (let floor = 0; floor < floors; floor++)
      for (let bay = 0; bay < 5; bay++) if (random() > 0.15) fill(left + 24 + bay * 76, horizon + 48 - (floor + 1) * storey, 44, 40, GLASS)
    for (let pole = 0; pole < 6; pole++) beam(left - 14 + pole * 85, horizon + 30, left - 14 + pole * 85, horizon + 20 - floors * storey, 5, STEEL)
  } else if (scene === 'slab') {
    fill(0, horizon - 10, WIDTH, 190, CONCRETE)
    for (let bar = 0; bar < 12; bar++) beam(bar * 58 + random() * 9, HEIGHT, 180 + bar * 26, horizon - 6, 4, STEEL)
    for (let row = 0; row < 6; row++) beam(0, horizon + 20 + row * row * 5, WIDTH, horizon + 20 + row * row * 5, 3, STEEL)
    fill(70 + random() * 300, horizon - 120, 34, 116, CONCRETE)
  } else if (scene === 'frame') {
    for (let truss = 0; truss < 3; truss++) {
      const [foot, high] = [40 + truss * 70, 120 + truss * 36 + random() * 20]
      beam(foot, horizon + 40, foot, high + 70, 14, WOOD)
      beam(WIDTH - foot, horizon + 40, WIDTH - foot, high + 70, 14, WOOD)
      beam(foot, high + 70, WIDTH / 2, high, 16, WOOD)
      beam(WIDTH - foot, high + 70, WIDTH / 2, high, 16, WOOD)
      beam(foot, high + 76, WIDTH - foot, high + 76, 10, WOOD)
    }
  } else {
    fill(0, 0, WIDTH, HEIGHT, random() > 0.5 ? CONCRETE : WOOD)
    fill(120 + random() * 80, 90, 300, 300, STEEL)
    for (let bolt = 0; bolt < 6; bolt++) fill(170 + (bolt % 3) * 90 + random() * 8, 150 + Math.floor(bolt / 3) * 130, 34, 34, [52, 56, 60])
    beam(60, 420, 560, 60 + random() * 80, 6, [214, 90, 40])
  }
  return Buffer.from(jpeg.encode({ data, width: WIDTH, height: HEIGHT }, 82).data)
}

/** Who shows a photo: their client, and their commands. */
interface Author {
  client: SupabaseClient
  run(name: string, args: Record<string, unknown>, commandId: string): Promise<void>
}

/**
 * Announces a photo, brings its file to Storage and says so, as its author; the worker then verifies it. Again, it changes nothing.
 * @param ids names for what the commands make: the same at every run
 */
export async function showPhoto(author: Author, photo: DemoPhoto, { site, siteId, companyId, incidentId, seed, idOf }: Shown): Promise<void> {
  const content = drawScene(photo.scene, seed)
  const sha256 = createHash('sha256').update(content).digest('hex')
  const id = idOf('photo', photo.caption)
  const [east, north, accuracy] = photo.at ?? []
  const place = photo.at
    ? {
        latitude: site.latitude + north! / METRES_PER_DEGREE,
        longitude: site.longitude + east! / METRES_PER_DEGREE / Math.cos((site.latitude * Math.PI) / 180),
        accuracy_m: accuracy,
        position_source: 'shutter',
      }
    : { position_source: 'none' }
  const words = {
    caption: photo.caption,
    zone: photo.zone ?? null,
    incident_id: incidentId,
    taken_at: new Date(Date.now() - photo.ago * DAY).toISOString(),
  }
  await author.run('add_photo', { id, site_id: siteId, sha256, bytes: content.length, width: WIDTH, height: HEIGHT, ...place, ...words }, id)
  const { error } = await author.client.storage
    .from('photos')
    .upload(objectName(companyId, siteId, sha256), content, { contentType: 'image/jpeg', cacheControl: '31536000' })
  if (error && !/exists/i.test(error.message)) throw error
  await author.run('confirm_photo', { id }, idOf('photo', photo.caption, 'confirmed'))
}

interface Shown {
  site: DemoSite
  siteId: string
  companyId: string
  incidentId: string | null
  seed: number
  idOf: (...words: string[]) => string
}
