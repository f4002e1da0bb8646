/** Who does what in the demo. Everything is invented; the SIRENs pass the Luhn check and belong to nobody we know of. */

export interface DemoPerson {
  name: string
  email: string
  roles: string[]
  job: string
  phone?: string
  /** Names of the sites the invitation gives. */
  sites?: string[]
}

export interface DemoSite {
  name: string
  client: string
  address: string
  postalCode: string
  city: string
  latitude: number
  longitude: number
  projectManager: string
  siteManager?: string
  architect?: string
  /** Days from today. */
  starts: number
  ends: number
  status: 'planned' | 'running' | 'alert' | 'finished'
  budget: number
  tags: string[]
}

export interface DemoStep {
  by: string
  do: 'answer' | 'ask' | 'assign' | 'resolve' | 'reopen' | 'close'
  body?: string
  to?: string
  /** Hours after the step before. */
  after: number
}

export interface DemoIncident {
  site: string
  by: string
  type: 'safety' | 'technical' | 'material' | 'question'
  severity: 'low' | 'medium' | 'high' | 'critical'
  title: string
  description?: string
  zone?: string
  details?: Record<string, string>
  /** Hours before today's seeding. */
  ago: number
  /** Hours that the phone was without network before the report left. */
  offline?: number
  steps?: DemoStep[]
}

export interface DemoPhoto {
  site: string
  by: string
  caption: string
  zone?: string
  /** Title of the incident that it shows. */
  incident?: string
  /** What it looks like. */
  scene: 'facade' | 'slab' | 'frame' | 'detail'
  /** Days before today's seeding. */
  ago: number
  /** Metres from the site's own place, and how sure the phone was; nowhere when missing. */
  at?: [east: number, north: number, accuracy: number]
}

export interface DemoCompany {
  name: string
  siren: string
  siret: string
  founder: DemoPerson
  /** Invited in this order by the founder. */
  people: DemoPerson[]
  sites: DemoSite[]
  teams: Record<string, string[]>
  incidents: DemoIncident[]
  photos: DemoPhoto[]
}

/** A safety coordinator who works for both companies, with the same account. */
export const shared = { name: 'Nadia Ferrand', email: 'nadia.ferrand@coordination.example', job: 'Coordinatrice SPS', phone: '06 00 00 00 31' }
