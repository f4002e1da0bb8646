import { isEmail } from '../../kernel/email.ts'
import { clean } from '../../kernel/clean.ts'

/** What a column of somebody's list can be. */
export const COLUMNS = ['email', 'full_name', 'role', 'sites'] as const
export type Column = (typeof COLUMNS)[number]
/** Column → its place in the rows; -1 when the list has none. */
export type Mapping = Record<Column, number>

/** One line of a list, as it will be invited. */
export interface BulkLine {
  /** The invitation's id, made once: sent twice, it is one invitation. */
  id: string
  /** Its place in the file, from 1. */
  line: number
  email: string
  full_name: string
  role: string
  /** Codes or names of sites, as the file says them. */
  sites: string
  sent: boolean
}

/** A fault of a line, as the key of its sentence. */
export type Fault = 'email' | 'emailBlank' | 'emailTwice' | 'emailMember' | 'emailInvited' | 'role' | 'roleRight' | 'sites' | 'formula' | 'name'

interface Known {
  /** Role keys that this person may give. */
  grantable: string[]
  /** Addresses of members and of invitations that wait, in lower case. */
  members: Set<string>
  invited: Set<string>
  /** Codes and names of sites, written plainly → id. */
  sites: Map<string, string>
}

const HEADERS: Record<Column, string[]> = {
  email: ['email', 'e-mail', 'mail', 'courriel', 'adresse e-mail', 'adresse mail', 'correo', 'correo electronico', 'endereco'],
  full_name: ['nom', 'name', 'full name', 'nom complet', 'prenom et nom', 'nom et prenom', 'nombre', 'nome', 'personne'],
  role: ['role', 'fonction', 'profil', 'rol', 'funcao', 'metier'],
  sites: ['chantier', 'chantiers', 'site', 'sites', 'obra', 'obras'],
}

/** Letters without accents or case, for comparing what people write. */
export const plain = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll('’', "'").trim().toLowerCase()

/** Finds which column is which by the names of the first row; else by what the cells look like. `headed`: the first row is names. */
export function guessColumns(rows: string[][]): { mapping: Mapping; headed: boolean } {
  const first = (rows[0] ?? []).map(plain)
  const mapping: Mapping = { email: -1, full_name: -1, role: -1, sites: -1 }
  for (const column of COLUMNS) mapping[column] = first.findIndex((cell) => HEADERS[column].includes(cell))
  const headed = Object.values(mapping).some((place) => place >= 0) || (rows.length > 1 && !first.some((cell) => cell.includes('@')))
  if (mapping.email < 0) mapping.email = (rows[headed ? 1 : 0] ?? []).findIndex((cell) => cell.includes('@'))
  if (!headed && mapping.full_name < 0) mapping.full_name = (rows[0] ?? []).findIndex((_, place) => place !== mapping.email)
  return { mapping, headed }
}

/** Sites by code and by name, written plainly. */
export const siteNames = (sites: { id: string; code: string; name: string }[]): Map<string, string> =>
  new Map(sites.flatMap((site) => [[plain(site.code), site.id] as const, [plain(site.name), site.id] as const]))

/** The sites that a line names, and what it names that is none. */
export function sitesOf(named: string, sites: Map<string, string>): { ids: string[]; unknown: string[] } {
  const names = sites.has(plain(named))
    ? [named]
    : named
        .split(/[;,|/\n]/)
        .map((each) => each.trim())
        .filter(Boolean)
  return { ids: [...new Set(names.flatMap((name) => sites.get(plain(name)) ?? []))], unknown: names.filter((name) => !sites.has(plain(name))) }
}

/** Reads lines out of rows. Roles are found by key or by name in `roleNames` (plain name → key). */
export function readLines(
  rows: string[][],
  { mapping, headed }: { mapping: Mapping; headed: boolean },
  { newId, role, roleNames }: { newId: () => string; role: string; roleNames: Map<string, string> },
): BulkLine[] {
  const cell = (row: string[], column: Column) => (mapping[column] < 0 ? '' : clean(row[mapping[column]] ?? '').trim())
  return rows.slice(headed ? 1 : 0).map((row, place) => {
    const asked = cell(row, 'role')
    return {
      id: newId(),
      line: place + (headed ? 2 : 1),
      email: cell(row, 'email')
        .replace(/^mailto:/i, '')
        .toLowerCase(),
      full_name: cell(row, 'full_name'),
      role: asked === '' ? role : (roleNames.get(plain(asked)) ?? asked),
      sites: cell(row, 'sites'),
      sent: false,
    }
  })
}

/** What is wrong with each line that is not sent: line id → faults. */
export function faultsOf(lines: BulkLine[], { grantable, members, invited, sites }: Known, roles: string[]): Map<string, Fault[]> {
  const seen = new Set<string>()
  return new Map(
    lines.map((line) => {
      const faults: Fault[] = []
      const email = line.email.trim().toLowerCase()
      if (email === '') faults.push('emailBlank')
      else if (!isEmail(email)) faults.push('email')
      else if (seen.has(email)) faults.push('emailTwice')
      else if (!line.sent && members.has(email)) faults.push('emailMember')
      else if (!line.sent && invited.has(email)) faults.push('emailInvited')
      seen.add(email)
      if (!roles.includes(line.role)) faults.push('role')
      else if (!grantable.includes(line.role)) faults.push('roleRight')
      if (sitesOf(line.sites, sites).unknown.length > 0) faults.push('sites')
      if (line.full_name.length > 120) faults.push('name')
      // office programs would run it when somebody exports the list
      if (/^[=+\-@\t]/.test(line.full_name) || /^[=+\-@]/.test(line.email)) faults.push('formula')
      return [line.id, line.sent ? [] : faults]
    }),
  )
}
