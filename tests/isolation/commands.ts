/** What a faulty command could do: the role that owns the commands, inside our company, aiming at the victim. */
import type { Attempt } from './attempts.ts'
import type { IsolationWorld } from './world.ts'

/** Attempts on one table by the command role. A policy must answer: the role holds every grant there. */
export function commandAttempts(world: IsolationWorld, relation: { name: string; columns: { name: string; generated: boolean }[] }): Attempt[] {
  const { name, columns } = relation
  const company = name === 'app.companies' ? 'id' : 'company_id'
  if (!columns.some((column) => column.name === company)) return []
  const victim = `'${world.victim.company}'`
  const own = columns.filter((column) => !column.generated).map((column) => column.name)
  const attempts: Attempt[] = []
  const add = (technique: string, sql: string, mode: Attempt['mode'], expect: Attempt['expect'] = 'nothing') =>
    attempts.push({ on: name, technique: `a command: ${technique}`, sql, mode, expect })
  add('read', `select * from ${name} where ${company} = ${victim}`, 'rows')
  add('read all', `select * from ${name} where ${company} <> '${world.ours.company}'`, 'rows')
  add('update', `update ${name} set ${own.at(-1)} = ${own.at(-1)} where ${company} = ${victim}`, 'run')
  add('delete', `delete from ${name} where ${company} = ${victim}`, 'run')
  add('move to the victim', `update ${name} set ${company} = ${victim} where ${company} = '${world.ours.company}'`, 'run', 'policy')
  add(
    'insert for the victim',
    `insert into ${name} (${own.join(', ')}) select ${own.map((column) => (column === company ? `${victim}::uuid` : column)).join(', ')} from ${name} where ${company} = '${world.ours.company}' limit 1`,
    'run',
    'policy',
  )
  const header = `select set_config('request.headers', '{"x-company":"${world.victim.company}"}', true)`
  attempts.push({
    on: name,
    technique: 'a command: after another header',
    before: header,
    sql: `select * from ${name} where ${company} = ${victim}`,
    mode: 'rows',
    expect: 'nothing',
  })
  return attempts
}
