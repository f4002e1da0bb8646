import { createClient } from '@supabase/supabase-js'
import { readFonts } from '../_shared/report/fonts.ts'
import { readableLogo } from '../_shared/png.ts'
import { writeSiteReport, type SiteReport } from '../_shared/report/site-report.ts'
import { Refusal, serve, setting } from '../_shared/serve.ts'

/** Most bytes of a picture: a larger one is left out rather than slow. */
const LARGEST_FILE = 6 * 1024 * 1024
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Answers the PDF of a site's report. Body: {site_id, as_of?, locale?}; header x-company names the company. Everything is read with the
 * caller's own token: row-level security decides what the report contains. 404 GHOST when the caller sees no such site.
 */
serve(async (request) => {
  const { site_id, as_of, locale } = await readBody(request)
  const company = request.headers.get('x-company') ?? ''
  if (!UUID.test(company)) throw new Refusal(400, 'BLANK', 'BLANK: company')
  const supabase = createClient(setting('SUPABASE_URL'), setting('SUPABASE_ANON_KEY'), {
    db: { schema: 'kpi' },
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: { headers: { authorization: request.headers.get('authorization') ?? '', 'x-company': company } },
  })
  const { data, error, status } = await supabase.rpc('site_report', { site_id, as_of })
  if (error) throw new Refusal(status >= 400 ? status : 502, error.code || 'FAULT', error.message)
  if (!data) throw new Refusal(404, 'GHOST', 'GHOST: site')
  const content = data as SiteReport
  const read = async (bucket: string, path: string): Promise<Uint8Array | null> => {
    const { data: file } = await supabase.storage.from(bucket).download(path)
    return file && file.size <= LARGEST_FILE ? new Uint8Array(await file.arrayBuffer()) : null
  }
  const { logo: named } = content.company
  const [fonts, logo, ...photos] = await Promise.all([
    readFonts(),
    named ? read('pictures', `${company}/logo/${named}.png`) : null,
    ...content.photos.map(({ path }) => read('photos', path)),
  ])
  const pdf = writeSiteReport(content, { fonts, photos, logo: logo && (await readableLogo(logo)), locale })
  return new Response(pdf as BodyInit, { headers: { 'content-type': 'application/pdf', 'cache-control': 'no-store' } })
})

async function readBody(request: Request): Promise<{ site_id: string; as_of: string; locale?: string }> {
  const body = (await request.json().catch(() => null)) as Record<string, unknown> | null
  if (typeof body?.site_id !== 'string' || !UUID.test(body.site_id)) throw new Refusal(400, 'BLANK', 'BLANK: site_id')
  const { site_id, as_of = new Date().toISOString(), locale } = body
  if (typeof as_of !== 'string' || !Number.isFinite(Date.parse(as_of))) throw new Refusal(400, 'WRONG', 'WRONG: as_of')
  if (locale !== undefined && (typeof locale !== 'string' || !/^(?:fr|en|es|pt)$/.test(locale))) throw new Refusal(400, 'WRONG', 'WRONG: locale')
  return { site_id, as_of, locale }
}
