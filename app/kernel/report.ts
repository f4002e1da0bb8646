// The reports' writer, shared with the Edge Function: a chunk of its own, fetched when a report is written without the network.
import boldFont from '../../edge-functions/_shared/report/LiberationSans-Bold.ttf?url'
import regularFont from '../../edge-functions/_shared/report/LiberationSans-Regular.ttf?url'
import { readableLogo } from '../../edge-functions/_shared/png.ts'
import { writeSiteReport, type SiteReport } from '../../edge-functions/_shared/report/site-report.ts'

export { REPORT_PHOTOS } from '../../edge-functions/_shared/report/content.ts'
export type { SiteReport } from '../../edge-functions/_shared/report/site-report.ts'

const font = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer())

/** Writes a site's report on this device; `photos` are the files in the order of the content, null where there is none; so is the logo. */
export async function writeReport(content: SiteReport, photos: (Uint8Array | null)[], logo: Uint8Array | null, locale: string): Promise<Blob> {
  const [regular, bold] = await Promise.all([font(regularFont), font(boldFont)])
  return new Blob([writeSiteReport(content, { fonts: { regular, bold }, photos, logo: logo && (await readableLogo(logo)), locale }) as BlobPart], {
    type: 'application/pdf',
  })
}
