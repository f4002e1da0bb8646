// Planted bugs: each is one that a protocol like this one has had somewhere. The histories must notice every one.
import { AppError, toAppError } from '../../app/kernel/errors.ts'
import { newId } from '../../app/kernel/ids.ts'
import type { StoredCommand } from '../../app/kernel/sync/outbox.ts'
import type { ClientMutant } from './tab.ts'
import type { PushBatch, Remote } from '../../app/kernel/sync/protocol.ts'

type Pull = Awaited<ReturnType<Remote['pull']>>

/** A pull whose answers lose something. */
const pulls = (change: (answer: Pull) => Pull): ClientMutant => ({
  remote: (remote) => ({ ...remote, pull: async (cursor) => change(await remote.pull(cursor)) }),
})

/** A batch whose commands are put in another order, under the same numbers. */
const reordered = (batch: PushBatch | null, order: (commands: PushBatch['commands']) => PushBatch['commands']): PushBatch | null =>
  batch && { ...batch, commands: order([...batch.commands]).map((command, place) => ({ ...command, seq: batch.commands[place]!.seq })) }

/** Failures of a push told as another one. */
const told = (from: (code: string) => boolean, as: string): ClientMutant => ({
  remote: (remote) => ({
    ...remote,
    push: (batch) =>
      remote.push(batch).catch((error: unknown) => {
        throw from(toAppError(error).code) ? new AppError(as) : error
      }),
  }),
})

export const clientMutants: Record<string, ClientMutant> = {
  'a push without an answer counts as accepted': {
    remote: (remote) => ({
      ...remote,
      push: (batch) =>
        remote.push(batch).catch((error: unknown) => {
          if (toAppError(error).code !== 'NETWORK' || !batch.commands.length) throw error
          return { results: batch.commands.map(({ seq, id }) => ({ seq, id, status: 'applied' as const })), expect: batch.commands.at(-1)!.seq + 1 }
        }),
    }),
  },
  'a push without an answer counts as refused': {
    remote: (remote) => ({
      ...remote,
      push: (batch) =>
        remote.push(batch).catch((error: unknown) => {
          if (toAppError(error).code !== 'NETWORK' || !batch.commands.length) throw error
          return {
            results: batch.commands.map(({ seq, id }) => ({ seq, id, status: 'refused' as const, code: 'FAULT' })),
            expect: batch.commands.at(-1)!.seq + 1,
          }
        }),
    }),
  },
  'each try has another id': {
    remote: (remote) => ({
      ...remote,
      async push(batch) {
        const ids = new Map(batch.commands.map(({ id }) => [newId(), id]))
        const again = [...ids.keys()]
        const answer = await remote.push({ ...batch, commands: batch.commands.map((command, place) => ({ ...command, id: again[place]! })) })
        return { ...answer, results: answer.results.map((result) => ({ ...result, id: ids.get(result.id)! })) }
      },
    }),
  },
  'tombstones are dropped': pulls(({ gone: _, ...answer }) => answer),
  'lost scopes are not read': pulls(({ lost: _, ...answer }) => answer),
  'gained scopes are not booted': pulls(({ gained, ...answer }) => (answer.reset ? { ...answer, gained } : answer)),
  'rows of a pull are dropped': pulls(({ rows: _, ...answer }) => answer),
  'half of the rows of a pull are dropped': pulls((answer) => ({
    ...answer,
    rows: answer.rows && Object.fromEntries(Object.entries(answer.rows).map(([name, text]) => [name, text.split('\n')[0]!])),
  })),
  'a reset offers nothing again': { outbox: (outbox) => ({ ...outbox, hasAccepted: async () => false }) },
  'a reset does not clear': { local: (local) => ({ ...local, apply: (change, pending) => local.apply({ ...change, reset: false }, pending) }) },
  'a reset is not read': pulls(({ reset, ...answer }) => (reset === 'new' ? { ...answer, reset } : answer)),
  'rows of lost scopes stay': {
    local: (local) => ({ ...local, apply: (change, pending) => local.apply({ ...change, keepOnly: undefined }, pending) }),
  },
  'unsent effects vanish with each pull': { local: (local) => ({ ...local, apply: (change) => local.apply(change, []) }) },
  'up to date before the first download is durable': { local: (local) => ({ ...local, flush: async () => undefined }) },
  'a boot page is skipped': {
    remote: (remote) => ({
      ...remote,
      async boot(scopes, after, n) {
        const page = await remote.boot(scopes, after, n)
        return after || !page.next ? page : remote.boot(scopes, page.next, n)
      },
    }),
  },
  'a boot ends with its first page': {
    remote: (remote) => ({ ...remote, boot: async (...args) => ({ ...(await remote.boot(...args)), next: null }) }),
  },
  'the order of a batch is turned round': {
    outbox: (outbox) => ({ ...outbox, take: async (...args) => reordered(await outbox.take(...args), (commands) => commands.reverse()) }),
  },
  'the clock decides the order': {
    outbox: (outbox) => ({
      ...outbox,
      take: async (...args) => reordered(await outbox.take(...args), (commands) => commands.sort((a, b) => (a.at < b.at ? -1 : 1))),
    }),
  },
  'refused work is dropped': {
    outbox: (outbox) => ({
      ...outbox,
      async settle(results) {
        await outbox.settle(results)
        for (const { id, status } of results) if (status === 'refused') await outbox.discard(id)
      },
    }),
  },
  'a restored server gets nothing again': { outbox: (outbox) => ({ ...outbox, renumber: async () => 0 }) },
  'accepted effects never land': { outbox: (outbox) => ({ ...outbox, land: async () => undefined }) },
  'numbers have gaps': {
    outbox: (outbox) => ({
      ...outbox,
      async take(...args) {
        const batch = await outbox.take(...args)
        return batch && { ...batch, commands: batch.commands.map((command) => ({ ...command, seq: command.seq + 1 })) }
      },
    }),
  },
  'each push comes from another sender': {
    outbox: (outbox) => ({
      ...outbox,
      async take(...args) {
        const batch = await outbox.take(...args)
        return batch && { ...batch, client: newId() }
      },
    }),
  },
  'a full disk is not told': {
    outbox: (outbox) => ({
      ...outbox,
      add: (name, args) =>
        outbox.add(name, args).catch(() => ({ id: newId(), name, args, state: 'queued', createdAt: 0, seq: 0 }) as unknown as StoredCommand),
    }),
  },
  'what is kept is not waited for': {
    outbox: (outbox) => ({
      ...outbox,
      async settle(results) {
        void outbox.settle(results).catch(() => undefined)
      },
    }),
  },
  'a busy server counts as a refusal': told((code) => /^(?:429|50\d)$/.test(code), '400'),
  'a stale token counts as a refusal': told((code) => code === 'AUTHN', '400'),
  'a broken line counts as a refusal': told((code) => code === 'NETWORK', '400'),
  'leaving a company is not noticed': {
    remote: (remote) => {
      const hide = (error: unknown): never => {
        throw toAppError(error).code === 'OUTER' ? new AppError('NETWORK') : error
      }
      return {
        ...remote,
        pull: (cursor) => remote.pull(cursor).catch(hide),
        push: (batch) => remote.push(batch).catch(hide),
        boot: (...args) => remote.boot(...args).catch(hide),
      }
    },
  },
  'nobody tries again': {
    engine: (deps) => ({ ...deps, clock: { ...deps.clock, after: (ms, call) => (ms > 300 ? () => undefined : deps.clock.after(ms, call)) } }),
  },
  'pauses grow without end': {
    engine: (deps) => ({ ...deps, clock: { ...deps.clock, after: (ms, call) => deps.clock.after(ms > 8000 ? ms * 10 : ms, call) } }),
  },
  'tabs do not wait for each other': { unlocked: true },
  'a photo leaves with its upload': {
    photos: (queue) => ({
      ...queue,
      async stored(id) {
        await queue.verified(id)
        await queue.makeRoom()
      },
    }),
  },
  'a damaged photo is not sent again': { photos: (queue) => ({ ...queue, again: async () => undefined }) },
  'a photo that the server has lost is not sent again': { photos: (queue) => ({ ...queue, reopen: async () => undefined }) },
  'a photo without room is called kept': {
    photos: (queue) => ({
      ...queue,
      add: (photo) => queue.add(photo).catch(() => ({ id: photo.args.id }) as Awaited<ReturnType<typeof queue.add>>),
    }),
  },
}

/** A function of the server with a piece of its text replaced. */
export interface ServerMutant {
  routine: string
  /** The text that is replaced: exactly this, once. */
  from: string
  to: string
}

export const serverMutants: Record<string, ServerMutant> = {
  'a cursor by sequence: what commits late is never sent': {
    routine: 'sync.look',
    from: 'not pg_visible_in_snapshot(l.xid, since)\n',
    to: 'l.xid >= pg_snapshot_xmax(since)\n',
  },
  'an idle pull looks at sequence alone': {
    routine: 'sync.look',
    from: 'not pg_visible_in_snapshot(l.xid, c.since) limit 1',
    to: 'l.xid >= pg_snapshot_xmax(c.since) limit 1',
  },
  'a pull takes the phone for up to date': { routine: 'sync.look', from: 'c.scopes = mine and not exists (', to: 'c.scopes = mine or not exists (' },
  'tombstones are not sent': { routine: 'app.sync_pull', from: "if part.gone <> '{}' then", to: 'if false then' },
  'rows are not sent': { routine: 'app.sync_pull', from: 'if part.rows is not null then', to: 'if false then' },
  'lost scopes are not told': { routine: 'app.sync_pull', from: "'lost', (select", to: "'lots', (select" },
  'lost scopes are told by the wrong place': { routine: 'app.sync_pull', from: 'jsonb_agg(place - 1)', to: 'jsonb_agg(place)' },
  'gained scopes are not told': { routine: 'app.sync_pull', from: "'gained', (select jsonb_agg(id)", to: "'gaynd', (select jsonb_agg(id)" },
  'another database is not noticed': {
    routine: 'sync.look',
    from: 'c.db is distinct from i.identity or',
    to: 'false and c.db is distinct from i.identity or',
  },
  'a deletion is not logged': {
    routine: 'sync.tg_changed',
    from: "o.id, 'D' from old_rows as o, unnest(o.scope_ids) as scope_id;",
    to: "o.id, 'D' from old_rows as o, unnest(o.scope_ids) as scope_id where false;",
  },
  'an insertion is logged in one scope': {
    routine: 'sync.tg_changed',
    from: "n.id, 'P' from new_rows as n, unnest(n.scope_ids) as scope_id;\n    insert into audit.log (device_at, actor_id, command_id, command, session_id, company_id, table_name, row_id, op, new,",
    to: "n.id, 'P' from new_rows as n, unnest(n.scope_ids[1:1]) as scope_id;\n    insert into audit.log (device_at, actor_id, command_id, command, session_id, company_id, table_name, row_id, op, new,",
  },
  'a change of scope leaves no trace in the old one': { routine: 'sync.tg_changed', from: 'where scope_id <> all (n.scope_ids)', to: 'where false' },
  'a boot goes on after the next table': { routine: 'app.sync_boot', from: 'where t.number >= coalesce(', to: 'where t.number > coalesce(' },
  'a boot leaves out a table': { routine: 'sync.table_names', from: 'from sync.tables order', to: "from sync.tables where name <> 'sites' order" },
  'a boot page loses its last row': {
    routine: 'app.sync_boot',
    from: "jsonb_build_object('t', synced.name, 'id', part.last)",
    to: "jsonb_build_object('t', synced.name, 'id', 'ffffffff-0000-0000-0000-000000000000')",
  },
  'a repeated command runs again': { routine: 'app_private.attempt_command', from: 'if not found then\n    select', to: 'if false then\n    select' },
  'a repeated command is refused': {
    routine: 'app_private.attempt_command',
    from: 'if logged.actor_id <> access.membership_id or',
    to: 'if true or',
  },
  'accepted before it runs': {
    routine: 'app_private.attempt_command',
    from: 'execute app_private.effect_call(command, args) using ctx, args;',
    to: "if command.name not like 'report%' then execute app_private.effect_call(command, args) using ctx, args; end if;",
  },
  'a refusal is told as accepted': {
    routine: 'app_private.attempt_command',
    from: "case when refusal is null then 'applied' else 'refused' end",
    to: "case when refusal is null then 'applied' else 'applied' end",
  },
  'a refusal is not kept': {
    routine: 'app_private.attempt_command',
    from: "update app_private.command_log as l set status = 'refused'",
    to: "update app_private.command_log as l set status = 'applied'",
  },
  'a batch runs from its end': { routine: 'app.sync_push', from: 'order by c.seq\n', to: 'order by c.seq desc\n' },
  'gaps in numbers are taken': { routine: 'app.sync_push', from: 'exit when command.seq > client.last_seq + 1 or', to: 'exit when' },
  'the server forgets how far a phone came': {
    routine: 'app.sync_push',
    from: 'client.last_seq := greatest(client.last_seq, command.seq);',
    to: 'client.last_seq := client.last_seq;',
  },
  'the server expects one too many': { routine: 'app.sync_push', from: "'expect', client.last_seq + 1", to: "'expect', client.last_seq + 2" },
  'COPY text keeps its tabs': { routine: 'sync.copy_text', from: "'\\t'", to: "'\\v'" },
}
