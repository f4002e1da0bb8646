import type { SiteDetail } from './data.ts'

/** A site as its form holds it: texts. */
export const siteValues = (site?: SiteDetail) => ({
  name: site?.name ?? '',
  code: site?.code ?? '',
  client_name: site?.client_name ?? '',
  address: site?.address ?? '',
  postal_code: site?.postal_code ?? '',
  city: site?.city ?? '',
  latitude: site?.latitude?.toString() ?? '',
  longitude: site?.longitude?.toString() ?? '',
  project_manager_id: site?.project_manager_id ?? '',
  site_manager_id: site?.site_manager_id ?? '',
  architect: site?.architect ?? '',
  starts_on: site?.starts_on ?? '',
  ends_on: site?.ends_on ?? '',
  status: site?.status ?? 'planned',
  budget: site?.budget ?? '',
  tags: site?.tags.join(', ') ?? '',
})
export type SiteValues = ReturnType<typeof siteValues>

const text = (value: string) => value.trim() || null
const number = (value: string) => (value.trim() === '' || !Number.isFinite(Number(value)) ? null : Number(value))

/** The same as columns of the table: numbers as numbers, what is empty as null. */
export const siteColumns = (values: SiteValues) => ({
  name: values.name.trim(),
  code: values.code.trim(),
  client_name: text(values.client_name),
  address: text(values.address),
  postal_code: text(values.postal_code),
  city: text(values.city),
  latitude: number(values.latitude),
  longitude: number(values.longitude),
  project_manager_id: text(values.project_manager_id),
  site_manager_id: text(values.site_manager_id),
  architect: text(values.architect),
  starts_on: text(values.starts_on),
  ends_on: text(values.ends_on),
  status: values.status,
  tags: values.tags
    .split(',')
    .map((tag) => tag.trim())
    .filter(Boolean),
})
