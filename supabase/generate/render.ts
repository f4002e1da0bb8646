import type { Catalog, Column, Command } from './catalog.ts'
import { knownColumns } from './phone.ts'

const HEADER = '// Written by `npm run generate`. Do not edit: change the SQL and run it again.\n'
const WIDTH = 120

/** The row types and the COPY columns of every table that phones receive. */
export function renderTables({ tables }: Catalog): string {
  const types = tables.map((table) => {
    const fields = knownColumns(table).map((column) => `  ${column.name}: ${rowType(column)};`)
    return `export interface ${singular(table.name)}Row {\n${fields.join('\n')}\n}\n`
  })
  const rows = tables.map((table) => `  ${table.name}: ${singular(table.name)}Row;`)
  const entries = tables.map((table) => `  ${table.name}: ${object({ number: table.number, columns: table.synced }, 2)},`)
  return [
    HEADER,
    ...types,
    `/** Rows of the phone's tables, as its database returns them. */\nexport interface Rows {\n${rows.join('\n')}\n}\n`,
    'export type TableName = keyof Rows;\n',
    `/** Synced tables in sync order, with their columns in the order of COPY. */\nexport const tables: Record<TableName, { number: number; columns: string[] }> = {\n${entries.join('\n')}\n};\n`,
  ].join('\n')
}

/** The signatures of the commands and the calls of their effects. */
export function renderCommands({ commands }: Catalog): string {
  const signatures = commands.map(({ name, parameters }) => {
    const fields = parameters.map((parameter) => `    ${parameter.name}${parameter.optional ? '?' : ''}: ${argumentType(parameter)};`)
    return `  ${name}: {\n${fields.join('\n')}\n  };`
  })
  const entries = commands.map(({ name, parameters }) => {
    const value = { parameters: parameters.map((each) => each.name), types: parameters.map((each) => each.type) }
    return `  ${name}: ${object(value, 2)},`
  })
  return [
    HEADER,
    `/** Arguments of each command; optional ones have a default in SQL. */\nexport interface Commands {\n${signatures.join('\n')}\n}\n`,
    'export type CommandName = keyof Commands;\n',
    `export const commands: Record<CommandName, { parameters: string[]; types: string[] }> = {\n${entries.join('\n')}\n};\n`,
    COMMAND_CALL,
  ].join('\n')
}

const COMMAND_CALL = `/**
 * The statement that runs a command's effect. Binds: $1 = effects.context as composite text, $2 = the arguments as jsonb.
 * Arguments absent from \`args\` keep their SQL default.
 */
export function commandCall<N extends CommandName>(name: N, args: Commands[N]): string {
  const { parameters, types } = commands[name];
  const present = new Set(Object.entries(args).filter(([, value]) => value !== undefined).map(([key]) => key));
  const columns = parameters.map((parameter, place) => ({ parameter, type: types[place] })).filter((each) => present.has(each.parameter));
  const values = columns.map(({ parameter }) => \`, "\${parameter}" => a."\${parameter}"\`).join('');
  const shape = columns.map(({ parameter, type }) => \`"\${parameter}" \${type}\`).join(', ');
  const source = shape ? \`jsonb_to_record($2::jsonb) as a (\${shape})\` : '(select $2::jsonb) as a';
  return \`select effects.\${name}($1::effects.context\${values}) from \${source}\`;
}
`

/** The dictionary of the analysts' views, for their screen. */
export function renderAnalytics({ views }: Catalog): string {
  return [
    HEADER,
    'export interface View {\n  name: string;\n  en: string;\n  fr: string;\n  columns: { name: string; type: string; en: string; fr: string }[];\n}\n',
    `/** The views of schema analytics, explained. */\nexport const views: View[] = ${JSON.stringify(views, null, 2)};\n`,
  ].join('\n')
}

/** The same dictionary as a page of the documentation. */
export function renderAnalyticsPage({ views }: Catalog): string {
  const cell = (text: string) => text.replaceAll('|', '\\|')
  const sections = views.map(({ name, en, columns }) =>
    [`## analytics.${name}`, '', en, '', '| column | type | meaning |', '| --- | --- | --- |']
      .concat(columns.map((column) => `| ${column.name} | ${cell(column.type)} | ${cell(column.en)} |`))
      .join('\n'),
  )
  return `${PAGE_HEAD}\n${sections.join('\n\n')}\n`
}

const PAGE_HEAD = `# What analysts read

Written by \`npm run generate\` from the comments of \`sql/analytics/\`. The views are a contract: columns are added, and renamed or removed only with a
note in the changelog. Amounts are in the company's currency, times are \`timestamptz\`, days are local dates of the company. The comments are in the
database too (\`\\d+ analytics.sites\` in psql), in English and French. [deploy.md](deploy.md#analysts) says how to connect.
`

/** Every error code with its sentence in each language. */
export function renderErrors(errors: Record<string, Record<string, string>>): string {
  const languages = [...new Set(Object.values(errors).flatMap(Object.keys))]
  const entries = Object.entries(errors).map(([code, sentences]) => {
    const lines = Object.entries(sentences).map(([language, sentence]) => `    ${language}: ${quote(sentence)},`)
    return `  ${code}: {\n${lines.join('\n')}\n  },`
  })
  return [
    HEADER,
    `export type ErrorCode = keyof typeof sentences;\n`,
    `const sentences = {\n${entries.join('\n')}\n};\n`,
    `/** The sentence of each error code; {field} stands for what it is about. */\nexport const errors: Record<ErrorCode, { ${languages.map((each) => `${each}: string`).join('; ')} }> = sentences;\n`,
  ].join('\n')
}

/** Roles, their permissions and the kinds of scope they hold. */
export function renderRights({ rights }: Catalog): string {
  const list = (name: string, type: string, doc: string, rows: object[]) =>
    `/** ${doc} */\nexport const ${name}: ${type}[] = [\n${rows.map((row) => `  ${object(row, 2)},`).join('\n')}\n];\n`
  return [
    HEADER,
    list('roles', '{ key: string; external: boolean }', 'Roles in the order of screens; external ones are not of the company.', rights.roles),
    list(
      'permissions',
      "{ role: string; module: string; action: string; scope: 'company' | 'site' | 'own' }",
      'What each role may do: `<module>.<action>` and how far.',
      rights.permissions,
    ),
    list('roleScopes', '{ role: string; kind: string }', 'The kinds of scope that each role holds, besides the person’s own.', rights.roleScopes),
  ].join('\n')
}

/** The version that this app tells the server, in a file of its own: the outbox is in the first chunk. */
export function renderVersion({ appVersion }: Catalog): string {
  return `${HEADER}\n/** Kept with each command and sent with each push: see sql/kernel/versions.sql. */\nexport const appVersion: number = ${appVersion};\n`
}

/** The SQL of an empty phone database and the hash that the server knows it by. */
export function renderPhone(sql: string, { schemaHash }: Catalog): string {
  const text = sql.replace(/[\\`]|\$(?=\{)/g, (special) => `\\${special}`)
  return [
    HEADER,
    `/** Equal to sync.state.schema_hash of the server that this app was made for. */\nexport const schemaHash = ${quote(schemaHash)};\n`,
    `/** Makes the phone's empty database. */\nexport const phoneSql = \`\n${text}\`;\n`,
  ].join('\n')
}

function rowType({ type, notNull }: Column): string {
  if (type === 'jsonb' && !notNull) return 'unknown' // any JSON value, null included; documents are never null
  const value = scalar(type, 'string')
  return notNull ? value : `${value} | null`
}

function argumentType({ type, nullDefault }: Command['parameters'][number]): string {
  const value = scalar(type, 'number | string')
  return nullDefault ? `${value} | null` : value
}

function scalar(type: string, numeric: string): string {
  if (type.endsWith('[]')) return `${scalar(type.slice(0, -2), numeric)}[]`
  if (/^(smallint|integer|bigint|real|double precision)$/.test(type)) return 'number'
  if (type.startsWith('numeric')) return numeric
  if (type === 'boolean') return 'boolean'
  if (type === 'json' || type === 'jsonb') return 'Record<string, unknown>'
  return 'string'
}

/** incident_events → IncidentEvent, companies → Company. */
function singular(table: string): string {
  const one = table
    .replace(/ies$/, 'y')
    .replace(/(?<=[sx])es$/, '')
    .replace(/(?<!s)s$/, '')
  return one.replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase())
}

/** An object literal on one line, or with each list folded when the line would be too long. */
function object(value: object, indent: number): string {
  const pairs = Object.entries(value).map(([key, each]) => [key, literal(each)] as const)
  const line = `{ ${pairs.map(([key, text]) => `${key}: ${text}`).join(', ')} }`
  if (line.length <= WIDTH - 30) return line
  const pad = ' '.repeat(indent + 2)
  const folded = Object.entries(value).map(([key, each]) => `${pad}${key}: ${Array.isArray(each) ? fold(each, indent + 2) : literal(each)},`)
  return `{\n${folded.join('\n')}\n${' '.repeat(indent)}}`
}

function fold(items: unknown[], indent: number): string {
  const line = `[${items.map(literal).join(', ')}]`
  if (line.length + indent <= WIDTH - 20) return line
  const pad = ' '.repeat(indent + 2)
  const lines: string[] = []
  for (const item of items.map(literal)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + item.length + 3 <= WIDTH) lines[lines.length - 1] = `${last} ${item},`
    else lines.push(`${pad}${item},`)
  }
  return `[\n${lines.join('\n')}\n${' '.repeat(indent)}]`
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  return typeof value === 'string' ? quote(value) : String(value)
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, (special) => `\\${special}`)}'`
}
