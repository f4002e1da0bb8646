import { restError } from './rest-errors.ts'
import { identifier } from './rest-query.ts'
import type { Routine, Schema } from './schema-cache.ts'

/** Arguments as a request gave them: a JSON body, or texts of a URL. */
export type CallArguments = { kind: 'json'; names: string[]; json: string } | { kind: 'url'; entries: [string, string][] }

const FILTER = /^(not\.)?(eq|neq|gt|gte|lt|lte|like|ilike|is|in|cs|cd|ov)\./

/**
 * Finds the function that takes exactly the named arguments.
 * @throws HttpError 404 PGRST202 when there is none, 300 PGRST203 when several fit
 */
export function findRoutine(schema: Schema, space: string, name: string, given: readonly string[]): Routine {
  const fits = (routine: Routine) =>
    given.every((arg) => routine.args.some((known) => known.name === arg)) && routine.args.every((arg) => !arg.required || given.includes(arg.name))
  const found = (schema.routines.get(`${space}.${name}`) ?? []).filter(fits)
  const shown = `${space}.${name}${given.length > 0 ? `(${given.join(', ')})` : ''}`
  if (found.length === 0) {
    const parameters = given.length > 0 ? `with parameter${given.length > 1 ? 's' : ''} ${given.join(', ')}` : 'without parameters'
    throw restError(
      404,
      'PGRST202',
      `Could not find the function ${shown} in the schema cache`,
      `Searched for the function ${space}.${name} ${parameters}, but no matches were found in the schema cache.`,
    )
  }
  if (found.length > 1) {
    throw restError(
      300,
      'PGRST203',
      `Could not choose the best candidate function between: ${found.map(signature).join(', ')}`,
      null,
      'Try renaming the parameters or the function itself in the database so function overloading can be resolved',
    )
  }
  return found[0]!
}

/** Splits the query string of a GET call: names of arguments, and the rest, which filters the rows it returns. */
export function splitParams(
  schema: Schema,
  space: string,
  name: string,
  params: URLSearchParams,
): { args: [string, string][]; rest: [string, string][] } {
  const known = new Set((schema.routines.get(`${space}.${name}`) ?? []).flatMap((routine) => routine.args.map((arg) => arg.name)))
  const reserved = new Set(['select', 'order', 'limit', 'offset', 'and', 'or', 'not.and', 'not.or', 'columns', 'apikey'])
  const args: [string, string][] = []
  const rest: [string, string][] = []
  for (const [key, value] of params) {
    if (known.has(key) || (!reserved.has(key) && !FILTER.test(value))) args.push([key, value])
    else rest.push([key, value])
  }
  return { args, rest }
}

/** The call as SQL: an expression, and the FROM clause that holds its arguments. */
export function callSql(routine: Routine, args: CallArguments, add: (value: string) => string): { call: string; from: string } {
  if (args.kind === 'url') {
    const type = (name: string) => routine.args.find((arg) => arg.name === name)!.type
    return {
      call: `${routine.sql}(${args.entries.map(([name, value]) => `${identifier(name)} := ${add(value)}::${type(name)}`).join(', ')})`,
      from: '',
    }
  }
  // Postgres itself turns the JSON into the argument types, so arrays, dates and jsonb mean what they mean to it
  const used = routine.args.filter((arg) => args.names.includes(arg.name))
  if (used.length === 0) return { call: `${routine.sql}()`, from: '' }
  return {
    call: `${routine.sql}(${used.map(({ name }) => `${identifier(name)} := a.${identifier(name)}`).join(', ')})`,
    from: `json_to_record(${add(args.json)}::json) as a(${used.map(({ name, type }) => `${identifier(name)} ${type}`).join(', ')})`,
  }
}

function signature(routine: Routine): string {
  return `${routine.schema}.${routine.name}(${routine.args.map((arg) => `${arg.name} => ${arg.type}`).join(', ')})`
}
