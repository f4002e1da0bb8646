import { createHash, randomUUID } from 'node:crypto'
import { createClient } from '@supabase/supabase-js'
import WebSocket from 'ws'
import { mint } from '../gateway/support.ts'
import { picture } from '../support/pictures.ts'
import { createSite, reportIncident, type Member } from '../support/company.ts'
import type { World } from '../support/world.ts'

/** A supabase-js client of a member, as the app's: their token, their company. */
export async function clientOf(world: World, who: Member, seconds = 3600) {
  const token = await mint(world.jwtSecret, who.claims, seconds)
  return createClient(world.url, world.publishableKey, {
    accessToken: () => Promise.resolve(token),
    global: { headers: { 'x-company': who.company } },
    realtime: { transport: WebSocket as unknown as typeof globalThis.WebSocket },
  })
}

/** A site with incidents and stored photos; answers its id. */
export async function fillSite(world: World, by: Member, { photos = 6, incidents = 3, width = 800, height = 600 } = {}): Promise<string> {
  const site = await createSite(by, 'Cœur d’îlot – École Jean-Zay', {
    project_manager_id: by.id,
    client_name: 'Mairie de Sète',
    address: '12 rue de l’Œuvre',
    postal_code: '34200',
    city: 'Sète',
    starts_on: '2026-01-05',
    ends_on: '2026-12-20',
  })
  await by.run('set_site_budget', { id: site, amount: 1250000 })
  for (let place = 0; place < incidents; place++) {
    await reportIncident(by, site, { title: `Dalle n° ${place + 1} : température ≥ 40 °C, devis de 1 250,50 €` })
  }
  const files = (await clientOf(world, by)).storage.from('photos')
  for (let place = 0; place < photos; place++) {
    const content = picture(place, { width, height, exif: `GPS 43.4045 3.6920 camera-${place}` })
    const sha256 = createHash('sha256').update(content).digest('hex')
    const id = randomUUID()
    const about = { site_id: site, sha256, bytes: content.length, width, height, caption: place % 2 ? null : `Façade n° ${place + 1}, après dépose` }
    await by.run('add_photo', { id, ...about })
    const { error } = await files.upload(`${by.company}/${site}/${sha256}.jpg`, content, { contentType: 'image/jpeg' })
    if (error) throw error
    await by.run('confirm_photo', { id })
  }
  return site
}

/** Stores a file as the logo of who edits the company, and wears it. */
export async function wearLogo(world: World, by: Member, file: Buffer): Promise<void> {
  const sha256 = createHash('sha256').update(file).digest('hex')
  const files = (await clientOf(world, by)).storage.from('pictures')
  const { error } = await files.upload(`${by.company}/logo/${sha256}.png`, file, { contentType: 'image/png' })
  if (error) throw error
  await by.run('update_company', { changes: { logo: sha256 } })
}
