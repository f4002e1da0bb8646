// Arguments of any command, by the names and types of its parameters.
import { commands, type CommandName } from '../../app/kernel/generated/commands.ts'
import type { Catalog } from './catalog.ts'
import type { Random } from './random.ts'

/** A row that a person sees, or made: what arguments may name. */
export interface Known {
  /** Ids of a table's rows. */
  ids: (table: string) => string[]
  /** A row's values as texts (null: none); undefined when it is not there. */
  row: (table: string, id: string) => Record<string, string | null> | undefined
}

/** Texts as people and machines write them: what COPY, JSON and SQL each escape in their own way. */
const WORDS = [
  'gaine',
  'béton',
  'a\tb',
  'c\\d',
  'e\nf',
  '\r\n',
  "l'axe",
  '"F"',
  '🏗️',
  '\\N',
  '\\.',
  'ß{}',
  '€',
  '<b>',
  '%s',
  '\u2028',
  'ﬁ',
  '\u0000x',
  '\ud800',
]

const DAY_MS = 24 * 3600_000
const TODAY = Date.parse('2026-11-21T00:00:00Z')

/** What only its name says: formats that no type carries. */
const BY_NAME: Record<string, (random: Random) => unknown> = {
  sha256: (random) => random.uuid().replaceAll('-', '').repeat(2),
  token_hash: (random) => random.uuid().replaceAll('-', '').repeat(2),
  email: (random) => `p${random.between(1, 1e9)}@batir.test`,
  siren: (random) => random.pick(['552100554', '552100554', '356000000', '123']),
  siret: (random) => random.pick(['55210055400013', '1']),
  locale: (random) => random.pick(['fr', 'en', 'xx']),
  time_zone: (random) => random.pick(['Europe/Paris', 'Indian/Reunion', 'Nowhere/Else']),
  currency: (random) => random.pick(['EUR', 'CHF', 'euro']),
  holiday_region: (random) => random.pick(['FR', 'FR-ALSACE-MOSELLE', 'NONE']),
  working_days: (random) => random.pick([[1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6], []]),
  kpi: (random) => random.pick(['incident_resolution_hours', 'on_time_rate', 'site_progress']),
  factor_rules: (random) => ({ crew: random.pick(['off', 'recommended']) }),
  factor_grace_days: (random) => random.between(60, 90),
  latitude: (random) => random.between(-90, 91),
  longitude: (random) => random.between(-180, 181),
}

function text(random: Random): string {
  return Array.from({ length: random.between(1, 4) }, () => random.pick(WORDS)).join(' ')
}

/** A value of a type, as JSON carries it. */
function valueOf(random: Random, catalog: Catalog, known: Known, name: string, type: string): unknown {
  const listed = catalog.choices.get(name)
  const refers = catalog.references.get(name) ?? catalog.references.get(name.replace(/s$/, ''))
  if (type.endsWith('[]')) {
    if (BY_NAME[name]) return BY_NAME[name](random)
    return Array.from({ length: random.between(0, 2) }, () => valueOf(random, catalog, known, name.replace(/s$/, ''), type.slice(0, -2))).filter(
      (value) => value !== null,
    )
  }
  if (type === 'uuid') {
    const ids = refers ? known.ids(refers) : []
    return ids.length && !random.chance(0.05) ? random.pick(ids) : random.uuid()
  }
  if (BY_NAME[name] && !random.chance(0.05)) return BY_NAME[name](random)
  const plural = catalog.choices.get(`${name}s`)
  if (type === 'text') return (listed ?? plural) && !random.chance(0.05) ? random.pick((listed ?? plural)!) : text(random)
  if (type === 'boolean') return random.chance(0.5)
  if (type === 'integer' || type === 'smallint' || type === 'bigint') return random.between(random.chance(0.05) ? -5 : 1, 480)
  if (type.startsWith('numeric')) return random.chance(0.5) ? random.between(0, 100_000) : (random.between(0, 1e6) / 100).toFixed(2)
  if (type === 'double precision') return random.between(0, 9000) / 100
  if (type === 'date') return new Date(TODAY + random.between(-60, 60) * DAY_MS).toISOString().slice(0, 10)
  if (type.startsWith('timestamp')) return new Date(TODAY + random.between(-60 * DAY_MS, 60 * DAY_MS)).toISOString()
  if (type === 'jsonb') return { injured: text(random), measures: text(random), item: text(random), quantity: random.between(1, 9) }
  throw new Error(`no argument of type ${type} can be made: teach tests/faults/arguments.ts`)
}

/** An edit by column: some values that the person saw, and others in their place. */
function editOf(random: Random, catalog: Catalog, known: Known, name: string, id: string | undefined) {
  const table = catalog.nouns.get(name)!
  const editable = catalog.editable.get(name)!
  const row = id ? known.row(table, id) : undefined
  const changes: Record<string, unknown> = {}
  const was: Record<string, unknown> = {}
  for (let n = random.between(1, 3); n > 0; n--) {
    const column = random.pick(editable)
    const type = catalog.types.get(`${table}.${column}`) ?? 'text'
    changes[column] = random.chance(0.1) ? null : valueOf(random, catalog, known, column, type)
    if (/^(?:text|uuid|date)$/.test(type) && random.chance(0.8)) was[column] = row?.[column] ?? null
  }
  return { changes, was }
}

/** Arguments for a command. Most are such that it may succeed; some are not. */
export function argumentsOf(random: Random, catalog: Catalog, known: Known, name: CommandName): Record<string, unknown> {
  const { parameters, types } = commands[name]
  const args: Record<string, unknown> = {}
  const source = catalog.nouns.get(name)!
  const editable = catalog.editable.has(name)
  for (const [place, parameter] of parameters.entries()) {
    if (parameter === 'id') {
      const ids = known.ids(source)
      args['id'] = catalog.creates.has(name) || !ids.length || random.chance(0.03) ? random.uuid() : random.pick(ids)
    } else if (editable && parameter === 'changes') {
      Object.assign(args, editOf(random, catalog, known, name, args['id'] as string | undefined))
    } else if (editable && parameter === 'was') {
      continue
    } else if (!catalog.optional.has(`${name}.${parameter}`) || random.chance(parameter === 'description' || parameter === 'details' ? 0.9 : 0.3)) {
      args[parameter] = random.chance(0.02) ? null : valueOf(random, catalog, known, parameter, types[place]!)
    }
  }
  return args
}
