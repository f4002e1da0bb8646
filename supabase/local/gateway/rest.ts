import type { IncomingMessage, ServerResponse } from 'node:http'
import { Gate } from './gate.ts'
import { bodyLimit, HttpError, readBody, send, sendJson } from './http.ts'
import type { Pool } from './pool.ts'
import { callSql, findRoutine, splitParams, type CallArguments } from './rest-call.ts'
import { restError, toRestError, unsupported } from './rest-errors.ts'
import { parseRowQuery, Values, type RowQuery } from './rest-query.ts'
import type { Routine, Schema, SchemaCache } from './schema-cache.ts'
import type { Caller, Tokens } from './tokens.ts'
import type { Row, Statement } from './wire.ts'

const BODY_LIMIT = 8 * 1024 * 1024
const OBJECT = 'application/vnd.pgrst.object+json'
const EXTRA_SEARCH_PATH = '"public", "extensions"'

const SETUP = `select length(concat(
  set_config('search_path', $1, true), set_config('role', $2, true), set_config('request.jwt.claims', $3, true),
  set_config('request.method', $4, true), set_config('request.path', $5, true), set_config('request.headers', $6, true),
  set_config('statement_timeout', coalesce($7, current_setting('statement_timeout')), true), set_config('transaction_read_only', $8, true)))`

/** A request as the service sees it. */
interface Query {
  request: IncomingMessage
  url: URL
  schema: Schema
  space: string
  caller: Caller
  /** One object is wanted, not an array. */
  single: boolean
  exact: boolean
}

/** What to run and how its first row becomes an answer: body, number of rows, number without limit. */
interface Plan {
  statement: Statement
  readOnly: boolean
  kind: 'rows' | 'value' | 'void'
  offset: number
  /** The media type of a value that is no JSON. */
  media?: string
  /** A function that comes in crowds waits its turn. */
  gate?: Gate
}

/** Phones come back all at once, after lunch and after an outage, each with its queue: their pushes leave connections to everybody else. */
const PUSHES = { name: 'app.sync_push', size: 4, queue: 200 }

/** The REST service: functions by `rpc`, and reading of tables and views, in PostgREST's dialect. */
export class Rest {
  private readonly pushes = new Gate(PUSHES.size, PUSHES.queue)

  constructor(
    private readonly pool: Pool,
    private readonly cache: SchemaCache,
    private readonly tokens: Tokens,
    private readonly spaces: readonly string[],
  ) {}

  /** Answers `/rest/v1/…`; never throws. */
  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    let signedIn = false
    try {
      const caller = await this.tokens.caller(
        (request.headers.apikey as string | undefined) ?? url.searchParams.get('apikey'),
        request.headers.authorization,
      )
      signedIn = caller.role !== 'anon'
      const query = this.query(request, url, caller)
      const plan = await this.plan(query)
      await this.answer(query, plan, response)
    } catch (error) {
      const { status, body, headers } = toRestError(error, signedIn)
      if (!response.headersSent) await sendJson(request, response, status, body, headers)
    }
  }

  private query(request: IncomingMessage, url: URL, caller: Caller): Query {
    const reading = request.method === 'GET' || request.method === 'HEAD'
    const space = String(request.headers[reading ? 'accept-profile' : 'content-profile'] ?? this.spaces[0])
    if (!this.spaces.includes(space)) {
      throw restError(406, 'PGRST106', `Invalid schema: ${space}`, null, `Only the following schemas are exposed: ${this.spaces.join(', ')}`)
    }
    const schema = this.cache.current
    if (!schema) throw restError(503, 'PGRST002', 'Could not query the database for the schema cache. Retrying.')
    const accept = acceptOf(request)
    const counted = /count=(exact|planned|estimated)/.exec(String(request.headers.prefer ?? ''))?.[1]
    if (counted && counted !== 'exact') throw unsupported(`count=${counted} is not served: use count=exact.`)
    return { request, url, schema, space, caller, single: accept.includes(OBJECT), exact: counted === 'exact' }
  }

  private async plan(query: Query): Promise<Plan> {
    const path = query.url.pathname.slice('/rest/v1'.length).split('/').slice(1).map(decode)
    const { method } = query.request
    if (path[0] === 'rpc' && path.length === 2) return this.planCall(query, path[1]!)
    requireJson(query)
    if (path.length === 1 && path[0] === '') throw unsupported('The OpenAPI description is not served.')
    if (path.length !== 1) throw restError(404, 'PGRST125', 'Invalid path specified in request URL')
    const relation = query.schema.relations.get(`${query.space}.${path[0]}`)
    if (!relation) throw restError(404, 'PGRST205', `Could not find the table '${query.space}.${path[0]}' in the schema cache`)
    if (method !== 'GET' && method !== 'HEAD') throw unsupported('Tables are read-only here: write by calling a command (POST /rest/v1/rpc/…).')
    const values = new Values()
    const rows = parseRowQuery(query.url.searchParams, relation, values, query.request.headers.range)
    return {
      statement: { text: rowsSql(relation.sql, rows, query.exact, values), values: values.list },
      readOnly: true,
      kind: 'rows',
      offset: rows.offset,
    }
  }

  private async planCall(query: Query, name: string): Promise<Plan> {
    const { request, schema, space, url } = query
    if (request.method !== 'POST' && request.method !== 'GET' && request.method !== 'HEAD') {
      throw restError(405, 'PGRST101', `Cannot use the ${request.method} method on RPC`)
    }
    let args: CallArguments
    let params: Iterable<[string, string]> = url.searchParams
    if (request.method === 'POST') args = await readArguments(request, bodyLimit(query.caller, BODY_LIMIT))
    else {
      const split = splitParams(schema, space, name, url.searchParams)
      args = { kind: 'url', entries: split.args }
      params = split.rest
    }
    const routine = findRoutine(schema, space, name, args.kind === 'json' ? args.names : args.entries.map(([key]) => key))
    const values = new Values()
    const { call, from } = callSql(routine, args, (value) => values.add(value))
    const readOnly = request.method !== 'POST' || !routine.volatile
    if (routine.result === 'media') {
      if (![routine.media, '*/*'].some((type) => acceptOf(request).includes(type))) throw noSuchFormat(acceptOf(request))
      return {
        statement: { text: `select ${call}::text${from && ` from ${from}`}`, values: values.list },
        readOnly,
        kind: 'value',
        offset: 0,
        media: routine.media,
      }
    }
    requireJson(query)
    if (routine.result === 'row') {
      const rows = parseRowQuery(params, routine, values, request.headers.range)
      const text = routine.set
        ? rowsSql(`${from && `${from}, lateral `}${call}`, rows, query.exact, values)
        : `select row_to_json(t)::text from (select ${rows.select} from ${from && `${from}, lateral `}${call} f) t`
      return { statement: { text, values: values.list }, readOnly, kind: routine.set ? 'rows' : 'value', offset: rows.offset }
    }
    const { limit, offset, ...other } = parseRowQuery(params, { name, columns: [] }, values, request.headers.range)
    if (other.where || other.order || other.select !== 'f.*') throw unsupported('Only functions that return rows can be filtered.')
    return {
      statement: { text: valueSql(routine, call, from, { limit, offset }, values), values: values.list },
      readOnly,
      kind: routine.result === 'void' ? 'void' : routine.set ? 'rows' : 'value',
      offset,
      ...(`${space}.${name}` === PUSHES.name && { gate: this.pushes }),
    }
  }

  private async answer(query: Query, plan: Plan, response: ServerResponse): Promise<void> {
    const setup = this.setup(query, plan.readOnly)
    // only a write that may have to be taken back needs a second round trip
    const careful = query.single && plan.kind === 'rows' && !plan.readOnly
    const row = careful
      ? await this.pool.use(async (connection) => {
          const [, , rows] = await connection.run([{ text: 'begin' }, setup, plan.statement])
          requireOne(rows![0]!)
          await connection.run([{ text: 'commit' }])
          return rows![0]!
        })
      : (await (plan.gate ? plan.gate.pass(() => this.pool.run([setup, plan.statement])) : this.pool.run([setup, plan.statement])))[1]![0]
    const headers: Record<string, string> = { 'content-profile': query.space }
    if (plan.kind === 'void') return send(query.request, response, 204, '', headers)
    let body = row?.[0] ?? Buffer.from('null')
    if (plan.media) headers['content-type'] = `${plan.media}; charset=utf-8`
    if (plan.kind === 'value') return send(query.request, response, 200, body, headers)
    if (query.single) {
      requireOne(row!)
      headers['content-type'] = `${OBJECT}; charset=utf-8`
      body = body.subarray(1, -1)
    }
    const length = Number(row![1])
    const total = row![2] === null ? undefined : Number(row![2])
    if (total !== undefined && plan.offset > total) {
      throw new HttpError(
        416,
        restError(416, 'PGRST103', 'Requested range not satisfiable', `An offset of ${plan.offset} was requested, but there are only ${total} rows.`)
          .body,
        { 'content-range': `*/${total}` },
      )
    }
    headers['content-range'] = `${length > 0 ? `${plan.offset}-${plan.offset + length - 1}` : '*'}/${total ?? '*'}`
    return send(query.request, response, total !== undefined && length < total ? 206 : 200, body, headers)
  }

  private setup({ request, url, schema, space, caller }: Query, readOnly: boolean): Statement {
    return {
      text: SETUP,
      values: [
        `"${space}", ${EXTRA_SEARCH_PATH}`,
        caller.role,
        caller.json,
        request.method!,
        url.pathname.slice('/rest/v1'.length),
        JSON.stringify(request.headers),
        schema.timeouts.get(caller.role) ?? null,
        readOnly ? 'on' : 'off',
      ],
    }
  }
}

const acceptOf = (request: IncomingMessage) => request.headers.accept ?? '*/*'

/** Refuses a request that wants another format than JSON. */
function requireJson({ request }: Query): void {
  const accept = acceptOf(request)
  if (/nulls=stripped|text\/csv|vnd\.pgrst\.plan|geo\+json|octet-stream/.test(accept)) throw unsupported(`The format ${accept} is not served.`)
  if (!/\*\/\*|application\/(\*|json|vnd\.pgrst\.(object|array))/.test(accept)) {
    throw noSuchFormat(accept)
  }
}

const noSuchFormat = (accept: string) => restError(406, 'PGRST107', `None of these media types are available: ${accept}`)

/** Rows as one JSON array, how many they are, and how many they would be without limit. */
function rowsSql(source: string, { select, where, order, limit, offset }: RowQuery, exact: boolean, values: Values): string {
  const filter = `${source} f${where}`
  const page = ` limit ${values.add(String(limit))}${offset > 0 ? ` offset ${values.add(String(offset))}` : ''}`
  if (!exact) return `select coalesce(json_agg(t), '[]')::text, count(*)::text, null from (select ${select} from ${filter}${order}${page}) t`
  // a function may not run twice, so the count looks at the same rows
  return `with f as materialized (select f.* from ${filter})
    select coalesce(json_agg(t), '[]')::text, count(*)::text, (select count(*) from f)::text from (select ${select} from f${order}${page}) t`
}

function valueSql(routine: Routine, call: string, from: string, { limit, offset }: Pick<RowQuery, 'limit' | 'offset'>, values: Values): string {
  const source = from && ` from ${from}`
  if (routine.result === 'void') return `select ${call}::text${source}`
  if (!routine.set)
    return `select coalesce(${routine.result === 'json' ? 'r::text' : 'to_json(r)::text'}, 'null') from (select ${call} as r${source}) t`
  const page = ` limit ${values.add(String(limit))}${offset > 0 ? ` offset ${values.add(String(offset))}` : ''}`
  return `select coalesce(json_agg(t.r), '[]')::text, count(*)::text, null from (select ${call} as r${source}${page}) t`
}

function requireOne(row: Row): void {
  const length = Number(row[1])
  if (length === 1) return
  throw restError(406, 'PGRST116', 'Cannot coerce the result to a single JSON object', `The result contains ${length} rows`)
}

async function readArguments(request: IncomingMessage, limit: number): Promise<CallArguments> {
  const json = (await readBody(request, limit)).toString('utf8')
  if (json === '') return { kind: 'json', names: [], json: '{}' }
  const type = request.headers['content-type'] ?? 'application/json'
  if (!/^application\/json\b/.test(type)) throw unsupported(`A body of the type ${type} is not served: send application/json.`)
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw restError(400, 'PGRST102', 'Empty or invalid json')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw restError(400, 'PGRST102', 'The body must be one JSON object of named arguments')
  return { kind: 'json', names: Object.keys(value), json }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw restError(404, 'PGRST125', 'Invalid path specified in request URL')
  }
}
