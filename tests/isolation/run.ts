/** Tries attempts as somebody, and judges what came of them. */
import { createHash } from 'node:crypto'
import type { Sql, TransactionSql } from 'postgres'
import type { Attempt } from './attempts.ts'
import type { Actor } from './world.ts'

export interface Outcome {
  state: string
  message: string
  count: number
  answer: string
  trouble: '' | 'leak' | 'changed'
}

/** The harness's function: who tries. */
export type Bench = 'attempt' | 'attempt_as_command' | 'attempt_as_analytics'

/** Attempts in one statement: so few that only a policy that has become slow takes its twenty seconds. */
const BATCH = 200

/** Signs in as an actor for the rest of the transaction; the connection's login is a service's. */
export async function become(sql: TransactionSql, { claims, company }: Actor): Promise<void> {
  const role = claims.role ?? 'authenticated'
  const headers = JSON.stringify(company ? { 'x-company': company } : {})
  await sql`select set_config('role', ${role}, true), set_config('search_path', 'app, public, extensions', true), set_config('statement_timeout', '20s', true),
    set_config('request.jwt.claims', ${JSON.stringify({ ...claims, role })}, true), set_config('request.headers', ${headers}, true)`
}

/** Outcomes of the attempts, in their order. */
export async function attempt(sql: TransactionSql, actor: Pick<Actor, 'company'>, attempts: Attempt[], bench: Bench = 'attempt'): Promise<Outcome[]> {
  const asked = attempts.map(({ sql, mode, before, writes }) => ({ sql, mode, before, writes }))
  const rows = await sql.unsafe(`select state, message, count::integer, answer, trouble from harness.${bench}($1::text::jsonb, $2)`, [
    JSON.stringify(asked),
    actor.company ?? '',
  ])
  return rows as unknown as Outcome[]
}

/** All attempts by one actor, in batches, each in a transaction of its own that is undone. */
export async function attemptAs(service: Sql, actor: Actor, attempts: Attempt[], bench?: Bench): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (let start = 0; start < attempts.length; start += BATCH) {
    await service
      .begin(async (sql) => {
        await become(sql, actor)
        outcomes.push(...(await attempt(sql, actor, attempts.slice(start, start + BATCH), bench)))
        throw new Undo()
      })
      .catch((error: unknown) => {
        if (!(error instanceof Undo)) throw error
      })
  }
  return outcomes
}

/** Thrown to leave a transaction without keeping it. */
export class Undo extends Error {}

/** What is wrong with an outcome, in a line, or null. */
export function fault({ on, technique, sql, expect }: Attempt, { state, message, count, answer, trouble }: Outcome): string | null {
  const where = `${technique} on ${on}: ${sql.slice(0, 300)} → ${state} ${message} ${count}`
  if (trouble) return `${trouble}: ${where} ${answer.slice(0, 400)}`
  const denied = state === '42501' && isDenial(on, sql, message)
  if (expect === 'denied' && !denied) return `not denied: ${where}`
  if (expect === 'some' && !(state === 'ok' && count > 0)) return `nothing came: ${where}`
  if (expect === 'done' && !(state === 'ok' && count === 1)) return `not done: ${where}`
  if (expect === 'refused' && state === 'ok') return `not refused: ${where}`
  if (expect === 'policy' && state !== '42501') return `not refused: ${where}`
  if (expect === 'nothing' && !(state === 'ok' ? count === 0 : state === '42501')) return `something came: ${where}`
  return null
}

/** Whether the object itself was denied, by its privileges or its schema's: a refusal from deeper inside would be luck. */
function isDenial(on: string, sql: string, message: string): boolean {
  const schema = /^permission denied for schema (\w+)$/.exec(message)?.[1]
  if (schema) return sql.includes(`${schema}.`)
  const name = on.replace('()', '').split('.')[1]
  return new RegExp(`^permission denied for \\w+ "?${name}"?$`).test(message) || /^(?:must be|must have|only roles with)/.test(message)
}

/** A hash of outcomes without what changes from run to run: times, transactions, addresses of rows. */
export function transcript(attempts: Attempt[], outcomes: Outcome[]): { whole: string; lines: string[] } {
  const lines = attempts.map((attempt, place) => {
    if (attempt.twin === false) return ''
    const { state, message, count, answer } = outcomes[place]!
    const told = `${state} ${count} ${message}\n${answer}`
      .replaceAll(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:[+-]\d\d(?::\d\d)?|Z)?/g, 'TIME')
      .replaceAll(/\b\d+:\d+:[\d,]*/g, 'SNAPSHOT')
    return createHash('sha256').update(told).digest('base64')
  })
  return { whole: createHash('sha256').update(lines.join()).digest('hex'), lines }
}
