import { beforeEach, describe, expect, it } from 'vitest'
import { KEPT, KEPT_MS, makeOutbox, type Outbox } from '../../app/kernel/sync/outbox.ts'
import { upgraded } from '../../app/kernel/sync/upgrades.ts'
import { memoryOutboxStore } from './memory-outbox.ts'

let clock = 1_000_000
let outbox: Outbox
beforeEach(() => {
  outbox = makeOutbox(memoryOutboxStore('me:ours'), () => clock)
})
const add = (title: string) => outbox.add('report_incident', { title })
const states = async () => (await outbox.list()).map(({ seq, args, state }) => `${seq} ${args['title']} ${state}`)

describe('the outbox', () => {
  it('numbers commands from 1 without gap and sends them in order, in batches', async () => {
    for (const title of ['a', 'b', 'c']) await add(title)
    const first = await outbox.take(2, 1e6)
    expect(first!.commands.map((command) => command.seq)).toEqual([1, 2])
    expect(await states()).toEqual(['1 a sending', '2 b sending', '3 c queued'])
    expect((await outbox.take(50, 10))!.commands).toHaveLength(1)
  })

  it('gives the number of a command refused at once to the next one', async () => {
    const refused = await add('a')
    expect(await outbox.withdraw(refused.id)).toBe(true)
    expect((await add('b')).seq).toBe(1)
  })

  it('keeps a command that is under way even when its effect refuses it here', async () => {
    const { id } = await add('a')
    await outbox.take(50, 1e6)
    expect(await outbox.withdraw(id)).toBe(false)
    expect(await states()).toEqual(['1 a sending'])
  })

  it('keeps a refused command with its reason until it is mended or discarded', async () => {
    const { id } = await add('a')
    await outbox.settle([{ seq: 1, id, status: 'refused', code: 'BLANK', message: 'BLANK: title' }])
    expect(await outbox.list()).toMatchObject([{ id, state: 'refused', code: 'BLANK', field: 'title' }])
    const mended = await outbox.resend(id, { title: 'b' })
    expect(mended!.id).not.toBe(id)
    expect(await states()).toEqual(['2 b queued'])
    await outbox.discard(mended!.id)
    expect(await states()).toEqual(['2 b queued'])
  })

  it('shows a command until the rows hold it', async () => {
    const { id } = await add('a')
    await outbox.settle([{ seq: 1, id, status: 'applied' }])
    expect(await outbox.pending()).toHaveLength(1)
    await outbox.land([id])
    expect(await outbox.pending()).toEqual([])
  })

  it('offers again, in the first order, what a restored server forgot', async () => {
    const ids: string[] = []
    for (const title of ['a', 'b', 'c']) ids.push((await add(title)).id)
    await outbox.settle(
      [1, 2, 3].map((seq) => ({ seq, id: ids[seq - 1]!, status: seq === 2 ? ('refused' as const) : ('applied' as const), code: 'RIGHT' })),
    )
    await add('d')
    const sender = await outbox.clientId()
    expect(await outbox.renumber(2)).toBe(3)
    // by a new sender: an older backup would know others by these numbers
    expect(await outbox.clientId()).not.toBe(sender)
    // and what it still has too: the numbers of the new sender tell all that is accepted
    expect(await states()).toEqual(['1 a queued', '2 b refused', '2 c queued', '3 d queued'])
    expect((await add('e')).seq).toBe(4)
    const again = await outbox.clientId()
    expect(await outbox.renumber(1)).toBe(4)
    expect(await outbox.clientId(), 'where nothing was forgotten').toBe(again)
  })

  it('offers all again, in the first order, to a server restored twice before the new sender has sent anything', async () => {
    const accept = async (seq: number, id: string) => outbox.settle([{ seq, id, status: 'applied' }])
    const [a, b] = [await add('a'), await add('b')]
    await accept(1, a.id)
    await outbox.settle([{ seq: 2, id: b.id, status: 'refused', code: 'RIGHT' }])
    // this backup lacks b alone, the next one a too
    await outbox.renumber(2)
    await outbox.renumber(1)
    expect(await states()).toEqual(['1 a queued', '2 b refused'])
    await accept(1, a.id)
    await accept(2, (await add('c')).id)
    // a newer one has a and lacks c; one older than all comes before c has gone again
    await outbox.renumber(2)
    await outbox.renumber(1)
    expect((await outbox.take(9, 1e6))!.commands.map(({ seq, id }) => [seq, id === a.id])).toEqual([
      [1, true],
      [2, false],
    ])
  })

  it('sets aside what the server cannot read, and closes the ranks', async () => {
    const { id } = await add('a')
    await add('b')
    await outbox.setAside(id, { code: '22P05' })
    expect(await states()).toEqual(['1 a refused', '1 b queued'])
  })

  it('forgets accepted commands after thirty days, but the last ones, which only a wrong clock may call old', async () => {
    for (let n = 0; n < KEPT + 2; n++) {
      const { id } = await add(String(n))
      await outbox.settle([{ seq: n + 1, id, status: 'applied' }])
    }
    await add('waiting')
    await outbox.prune()
    expect((await outbox.list()).length).toBe(KEPT + 3)
    clock += KEPT_MS + 1
    await outbox.prune()
    expect((await outbox.list()).length).toBe(KEPT + 1)
    expect((await outbox.list())[0]).toMatchObject({ seq: 3, state: 'acknowledged' })
    expect(await outbox.count()).toEqual({ waiting: 1, refused: 0 })
  })
})

describe('a command of an older app', () => {
  const changes: Parameters<typeof upgraded>[1] = {
    answer_incident: [
      [3, ({ text, ...rest }) => ({ ...rest, body: text })],
      [5, (args) => ({ ...args, body: String(args['body']).trim() })],
    ],
  }
  const old = { name: 'answer_incident', args: { id: 'i', text: ' Balisé ' } }

  it('goes through every change since it was written, and tells its first form', () => {
    expect(upgraded({ ...old, version: 1 }, changes)).toEqual({ args: { id: 'i', body: 'Balisé' }, written: old.args })
    expect(upgraded(old, changes)).toEqual(upgraded({ ...old, version: 2 }, changes))
    expect(upgraded({ ...old, args: { id: 'i', body: ' x ' }, version: 3 }, changes).args).toEqual({ id: 'i', body: 'x' })
  })

  it('that nothing changed goes as it is', () => {
    expect(upgraded({ ...old, version: 5 }, changes)).toEqual({ args: old.args })
    expect(upgraded({ ...old, name: 'close_incident' }, changes)).toEqual({ args: old.args })
  })
})
