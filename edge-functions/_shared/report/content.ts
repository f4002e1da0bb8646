/** What a site's report says: the answer of kpi.site_report, the same on the server and on the phone. */
export interface SiteReport {
  as_of: string
  company: {
    name: string
    locale: string
    currency: string
    time_zone: string
    /** #rrggbb; null = the product's. */
    accent: string | null
    /** SHA-256 of its logo; the file stands in the bucket `pictures` at `<company>/logo/<logo>.png`. */
    logo: string | null
  }
  site: {
    id: string
    code: string
    name: string
    client_name: string | null
    address: string | null
    starts_on: string | null
    ends_on: string | null
    project_manager: string | null
    site_manager: string | null
  }
  figures: {
    open: number
    overdue: number
    resolved: number
    /** 0 to 1, null when unknown. */
    elapsed_share: number | null
    in_time_share: number | null
    /** In the company's currency; null when there is none or the reader may not see it. */
    budget: number | null
  }
  incidents: { title: string; type: string; severity: string; status: string; reported_at: string }[]
  /** Incidents that the list leaves out. */
  more: number
  /** The newest photos; their files stand at `<company>/<site>/<sha256>.jpg`. */
  photos: { sha256: string; path: string; caption: string | null; taken_at: string; width: number; height: number }[]
}

/** Photos that a report shows: as many as `kpi.site_report` lists. */
export const REPORT_PHOTOS = 6
