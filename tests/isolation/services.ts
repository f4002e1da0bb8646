/** What is tried through the services that stand beside REST: other logins, channels, stored files, analysts. */
import type { Attempt } from './attempts.ts'
import type { Relation } from './catalog.ts'
import type { IsolationWorld } from './world.ts'

/** Who the helpers of every policy say that somebody outside is. */
export function identities(): Attempt[] {
  return ['company()', 'my_scopes()', '(app_private.access()).company_id'].map((call) => ({
    on: 'identity',
    technique: call,
    sql: `select 1 where ${call.startsWith('(') ? call : `app_private.${call}`} is not null`,
    mode: 'rows',
    expect: 'nothing',
  }))
}

/** Becoming somebody else, and looking again. */
export function impersonations(world: IsolationWorld, logins: string[]): Attempt[] {
  const look = `select id from app.incidents where company_id = '${world.victim.company}'`
  const attempts: Attempt[] = []
  for (const login of logins) {
    for (const become of [`set local role ${login}`, `set local session authorization ${login}`])
      attempts.push({ on: login, technique: become.replace(login, '…'), sql: look, before: become, mode: 'rows', expect: 'nothing' })
  }
  const claims = (sub: string) => `select set_config('request.jwt.claims', '{"role":"authenticated","sub":"${sub}"}', true)`
  for (const id of (world.ids.get('memberships') ?? []).slice(0, 4)) {
    attempts.push({
      on: 'claims',
      technique: 'claims of a person without their session',
      sql: look,
      before: claims(id),
      mode: 'rows',
      expect: 'nothing',
    })
  }
  for (const setting of ['app.company', 'request.headers', 'realtime.topic']) {
    const value = setting === 'request.headers' ? `{"x-company":"${world.victim.company}"}` : world.victim.company
    attempts.push({
      on: 'settings',
      technique: setting,
      sql: look,
      before: `select set_config('${setting}', '${value}', true)`,
      mode: 'rows',
      expect: 'nothing',
    })
  }
  return attempts
}

/** Reading every documented view as an analyst's login, and everything behind them. */
export function analyses(world: IsolationWorld, relations: Relation[]): Attempt[] {
  const on = (relation: Relation, technique: string, sql: string, expect: Attempt['expect'] = 'any'): Attempt => ({
    on: relation.name,
    technique: `an analyst: ${technique}`,
    sql,
    mode: 'rows',
    expect,
  })
  const victim = JSON.stringify({ role: 'authenticated', sub: world.ids.get('memberships')?.[0] })
  return relations.flatMap((relation) => {
    if (!relation.name.startsWith('analytics.'))
      return relation.kind === 'S'
        ? []
        : [
            on(
              relation,
              'behind the views',
              `select * from ${relation.name}`,
              /^(?:realtime|storage|auth)\./.test(relation.name) ? 'nothing' : 'denied',
            ),
          ]
    return [
      on(relation, 'select', `select * from ${relation.name}`),
      {
        ...on(relation, 'forged claims', `select * from ${relation.name}`),
        before: `select set_config('request.jwt.claims', '${victim}', false), set_config('request.headers', '{"x-company":"${world.victim.company}"}', false), set_config('app.company', '${world.victim.company}', false)`,
      },
      { ...on(relation, 'row security off', `select * from ${relation.name}`), before: 'set row_security = off' },
      ...relation.columns.flatMap(({ name }) => [
        on(relation, 'an error that tells', `select 1 from ${relation.name} where (${name}::text || 'x')::integer = 1`),
        on(relation, 'extremes', `select min(${name}::text), max(${name}::text) from ${relation.name}`),
      ]),
      { ...on(relation, 'delete', `delete from ${relation.name}`), mode: 'run', expect: 'refused' },
    ]
  })
}

/** What the Storage service does for a member of our company: files of photos they see, and no others. `author` has announced one. */
export function storage(world: IsolationWorld, author: boolean): Attempt[] {
  const victim = world.victim.company
  const file = `concat(p.company_id, '/', p.site_id, '/', p.sha256, '.jpg')`
  const hash = 'f'.repeat(64)
  const on = (technique: string, sql: string, mode: Attempt['mode'], expect: Attempt['expect']): Attempt => ({
    on: 'storage.objects',
    technique: `storage: ${technique}`,
    sql,
    mode,
    expect,
  })
  const put = (name: string) => `insert into storage.objects (bucket_id, name) values ('photos', ${name})`
  const picture = (company: string, kind: string, ending: string) =>
    `insert into storage.objects (bucket_id, name) values ('pictures', '${company}/${kind}/${hash}.${ending}')`
  return [
    on(
      'files of photos that are seen',
      `select 1 from app.photos as p where p.id <> '${world.announced}' and not exists (select from storage.objects as o where o.name = ${file})`,
      'rows',
      'nothing',
    ),
    on('list', `select name from storage.objects where starts_with(name, '${victim}')`, 'rows', 'nothing'),
    on('list all', `select name from storage.objects`, 'rows', 'any'),
    on('put at the victim', put(`'${victim}/${(world.ids.get('sites') ?? [''])[0]}/${hash}.jpg'`), 'run', 'policy'),
    on('put what was not announced', put(`'${world.ours.company}/${(world.ids.get('sites') ?? [''])[0]}/${hash}.jpg'`), 'run', 'policy'),
    on('put a logo at the victim', picture(victim, 'logo', 'png'), 'run', 'policy'),
    on('put a portrait at the victim', picture(victim, 'people', 'jpg'), 'run', 'policy'),
    on('put a picture elsewhere', picture(world.ours.company, 'anything', 'png'), 'run', 'policy'),
    on('move', `update storage.objects set name = '${victim}/x.jpg'`, 'run', 'nothing'),
    on(
      'put over',
      `insert into storage.objects as o (bucket_id, name) select bucket_id, name from storage.objects on conflict (bucket_id, name) do update set owner = null`,
      'run',
      'any',
    ),
    on('remove', 'delete from storage.objects', 'run', 'nothing'),
    on('buckets', `insert into storage.buckets (id, name) values ('mine', 'mine')`, 'run', 'policy'),
    ...(author
      ? [
          on(
            'put what was announced',
            `insert into storage.objects (bucket_id, name) select 'photos', ${file} from app.photos as p where p.id = '${world.announced}'`,
            'run',
            'done',
          ),
          on('put the logo', picture(world.ours.company, 'logo', 'png'), 'run', 'done'),
          on('put a portrait', picture(world.ours.company, 'people', 'jpg'), 'run', 'done'),
          on(
            'pictures of the house',
            `select 1 where not exists (select from storage.objects where bucket_id = 'pictures' and starts_with(name, '${world.ours.company}/logo/'))
              or not exists (select from storage.objects where bucket_id = 'pictures' and starts_with(name, '${world.ours.company}/people/'))`,
            'rows',
            'nothing',
          ),
        ]
      : []),
  ]
}

/** Listening to the victim's channels, and speaking in them. */
export function channels(world: IsolationWorld, scopes: string[]): Attempt[] {
  const { victim, ours } = world
  return [victim.company, ours.company].flatMap((company) =>
    scopes.flatMap((scope): Attempt[] => {
      const before = `select set_config('realtime.topic', '${company}:${scope}', true)`
      const insert = `insert into realtime.messages (topic, extension, event, payload, private) values ('${company}:${scope}', 'broadcast', 'poke', '{}', true)`
      const on = 'realtime.messages'
      return [
        {
          on,
          technique: 'join',
          sql: `select id from realtime.messages where topic = '${company}:${scope}'`,
          before,
          mode: 'rows',
          expect: 'nothing',
        },
        { on, technique: 'send', sql: insert, before, mode: 'run', expect: 'nothing' },
        {
          on,
          technique: 'realtime.send',
          sql: `select realtime.send('{}'::jsonb, 'poke', '${company}:${scope}', true)`,
          before,
          mode: 'rows',
          writes: true,
          expect: 'any',
        },
        { on, technique: 'presence', sql: insert.replaceAll("'broadcast'", "'presence'"), before, mode: 'run', expect: 'nothing' },
      ]
    }),
  )
}
