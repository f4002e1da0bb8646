import { afterEach, describe, expect, it } from 'vitest'
import { AppError } from '../../app/kernel/errors.ts'
import { newId } from '../../app/kernel/ids.ts'
import type { PushBatch } from '../../app/kernel/sync/protocol.ts'
import { memoryOutboxStore } from './memory-outbox.ts'
import { makePhone, makeRandom, makeServer, type Fault } from './simulator.ts'

const company = newId()
const me = newId()
const open: { close: () => Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

async function start(options: Parameters<typeof makePhone>[3] = {}, server = makeServer(company, me)) {
  const phone = await makePhone(server.remote, company, me, options)
  open.push(phone)
  phone.start()
  const idle = () => phone.until(() => phone.status()?.phase === 'idle')
  return { server, phone, idle }
}

describe('an exchange', () => {
  it('boots page by page, then only fetches what changed', async () => {
    const server = makeServer(company, me)
    for (let row = 0; row < 7; row++) server.write(`row ${row}`)
    const { phone, idle } = await start({}, server)
    await idle()
    expect(await phone.titles()).toEqual(server.titles())
    expect(phone.statuses.flatMap(({ booting }) => (booting?.done ? [booting] : []))).toEqual([
      { done: 3, total: 7 },
      { done: 6, total: 7 },
    ])
    server.write('later')
    phone.poke()
    await phone.until(async () => (await phone.titles()).includes('later'))
  })

  it('goes on with a first download where a closed app left it', async () => {
    const server = makeServer(company, me)
    for (let row = 0; row < 8; row++) server.write(`row ${row}`)
    const asked: (string | null)[] = []
    const remote = {
      ...server.remote,
      boot: async (scopes: string[], after: { t: string; id: string | null } | null) => {
        asked.push(after?.id ?? null)
        if (asked.length === 3) throw new AppError('NETWORK')
        return server.remote.boot(scopes, after)
      },
    }
    const phone = await makePhone(remote, company, me)
    open.push(phone)
    phone.start()
    await phone.until(() => phone.status()?.phase === 'offline')
    await phone.restart()
    await phone.until(() => phone.status()?.phase === 'idle')
    expect(asked[3]).toBe(asked[2])
    expect(await phone.titles()).toEqual(server.titles())
  })

  it('shows what was written offline after a restart, and sends it in order when the network returns', async () => {
    const { server, phone, idle } = await start()
    await idle()
    await phone.setOnline(false)
    for (const title of ['a', 'b', 'c']) await phone.report(title)
    await phone.restart()
    await phone.until(() => phone.status().phase === 'offline')
    expect(await phone.titles()).toEqual(['a', 'b', 'c'])
    await phone.setOnline(true)
    await idle()
    expect(server.log()).toEqual(['a', 'b', 'c'])
    expect(await phone.titles()).toEqual(['a!', 'b!', 'c!'])
  })

  it('keeps a refused command with its reason, takes its effect back, and sends the others', async () => {
    const { server, phone, idle } = await start()
    await idle()
    for (const title of ['a', 'refuse b', 'c']) await phone.report(title)
    await idle()
    expect(server.log()).toEqual(['a', 'c'])
    expect(await phone.titles()).toEqual(['a!', 'c!'])
    expect((await phone.outbox.list()).filter((command) => command.state === 'refused')).toMatchObject([
      { args: { title: 'refuse b' }, code: 'RIGHT', field: 'incident.report' },
    ])
  })

  it('sets aside a command that no server can read, alone', async () => {
    const { server, phone, idle } = await start()
    await idle()
    await phone.setOnline(false)
    for (const title of ['a', 'b', 'unreadable', 'c', 'd']) await phone.report(title)
    await phone.setOnline(true)
    await idle()
    expect(server.log()).toEqual(['a', 'b', 'c', 'd'])
    expect((await phone.outbox.list()).filter((command) => command.state === 'refused')).toMatchObject([{ code: '22P05' }])
  })

  it('waits longer and longer while the server is away, and says so', async () => {
    let down = false
    const { phone, idle } = await start({ fault: () => (down ? 'busy' : 'none') })
    await idle()
    down = true
    phone.poke()
    const waits: number[] = []
    let before = phone.clock.now()
    for (let round = 0; round < 5; round++) {
      const seen = phone.statuses.filter((status) => status.phase === 'error').length
      await phone.until(() => phone.statuses.filter((status) => status.phase === 'error').length > seen)
      waits.push(phone.clock.now() - before)
      before = phone.clock.now()
    }
    expect(waits[4]!).toBeGreaterThan(waits[1]!)
    down = false
    await idle()
  })

  it('pauses for a sign-in without losing anything', async () => {
    const server = makeServer(company, me)
    let signedIn = false
    const remote = {
      ...server.remote,
      push: async (batch: PushBatch) => {
        if (!signedIn) throw new AppError('AUTHN')
        return server.remote.push(batch)
      },
    }
    const phone = await makePhone(remote, company, me)
    open.push(phone)
    await phone.report('a')
    await phone.until(() => phone.status()?.phase === 'paused')
    expect(await phone.titles()).toEqual(['a'])
    expect((await phone.outbox.list())[0]).toMatchObject({ state: 'queued' })
    signedIn = true
    await phone.until(() => phone.status().phase === 'idle')
    expect(server.log()).toEqual(['a'])
  })

  it('lets the rows of a company leave with the membership, not the unsent work', async () => {
    const server = makeServer(company, me)
    server.write('theirs')
    let member = true
    const guard =
      <A extends unknown[], T>(call: (...args: A) => Promise<T>) =>
      async (...args: A) => {
        if (!member) throw new AppError('OUTER')
        return call(...args)
      }
    const phone = await makePhone({ pull: guard(server.remote.pull), boot: guard(server.remote.boot), push: guard(server.remote.push) }, company, me)
    open.push(phone)
    phone.start()
    await phone.until(() => phone.status()?.phase === 'idle')
    member = false
    await phone.report('mine')
    await phone.until(() => phone.status().phase === 'error')
    expect(phone.status().code).toBe('OUTER')
    expect(await phone.titles()).toEqual(['mine'])
    expect(await phone.outbox.count()).toEqual({ waiting: 1, refused: 0 })
    expect(phone.lost).toEqual(['sites', 'company'])
  })

  it('lets pictures leave with the membership also when the browser has thrown the rows away', async () => {
    const refuse = () => Promise.reject(new AppError('OUTER'))
    const phone = await makePhone({ pull: refuse, boot: refuse, push: refuse }, company, me)
    open.push(phone)
    phone.start()
    await phone.until(() => phone.status()?.phase === 'error')
    await phone.restart()
    await phone.until(() => phone.lost.length > 1)
    expect(phone.lost).toEqual(['company', 'company'])
  })

  it('keeps its rows and asks for a newer app when the server is ahead', async () => {
    const { phone } = await start({ schemaHash: 'older' })
    await phone.until(() => phone.status()?.phase === 'error')
    expect(phone.status().code).toBe('OLDER')
  })
})

describe('a server restored from a backup', () => {
  it('gets again, in order, what it had accepted since', async () => {
    const { server, phone, idle } = await start()
    await idle()
    await phone.report('a')
    await idle()
    const backup = server.backUp()
    for (const title of ['b', 'c']) await phone.report(title)
    await idle()
    server.restore(backup)
    expect(server.titles()).toEqual(['a!'])
    phone.poke()
    await phone.until(() => server.titles().length === 3)
    await phone.until(async () => (await phone.titles()).every((title) => title.endsWith('!')))
    expect(server.log()).toEqual(['a', 'b', 'c'])
    expect(await phone.titles()).toEqual(['a!', 'b!', 'c!'])
  })

  it('gets it again also from a phone that has lost its rows meanwhile', async () => {
    const { server, phone, idle } = await start()
    await idle()
    const backup = server.backUp()
    for (const title of ['a', 'b']) await phone.report(title)
    await idle()
    server.restore(backup)
    await phone.phone.store.apply({ reset: true, state: { cursor: null, boot: null } }, [])
    await phone.restart()
    await phone.until(() => server.titles().length === 2)
    expect(server.log()).toEqual(['a', 'b'])
  })
})

describe('with every kind of fault', () => {
  it.each([11, 22, 33, 44])('loses nothing, doubles nothing, keeps the order (seed %i)', async (seed) => {
    const random = makeRandom(seed)
    const faults: Fault[] = ['none', 'none', 'none', 'request lost', 'answer lost', 'twice', 'busy']
    let calm = false
    const { server, phone } = await start({
      seed,
      store: memoryOutboxStore('x'),
      fault: () => (calm ? 'none' : faults[Math.floor(random() * faults.length)]!),
    })
    let backup = server.backUp()
    const titles: string[] = []
    for (let round = 0; round < 24; round++) {
      const dice = random()
      if (dice < 0.5) {
        const title = `t${String(titles.length).padStart(2, '0')}`
        titles.push(title)
        await phone.report(title)
      } else if (dice < 0.6) await phone.setOnline(random() < 0.5)
      else if (dice < 0.7) await phone.restart()
      else if (dice < 0.75) backup = server.backUp()
      else if (dice < 0.8) server.restore(backup)
      else
        for (let step = 0; step < 3; step++) {
          phone.clock.next()
          await new Promise((resolve) => setImmediate(resolve))
        }
    }
    calm = true
    await phone.setOnline(true)
    await phone.until(
      async () => server.titles().length === titles.length && (await phone.outbox.count()).waiting === 0 && phone.status().phase === 'idle',
    )
    await phone.until(async () => (await phone.titles()).join() === server.titles().join())
    expect(server.log()).toEqual(titles)
    expect(await phone.titles()).toEqual(titles.map((title) => `${title}!`))
    expect(await phone.outbox.pending()).toEqual([])
  })
})
