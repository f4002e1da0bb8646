import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Connection, ConnectionLost } from '../../supabase/local/gateway/wire.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase('wire')
})
afterAll(() => database?.close())

const open = () => Connection.open(database.address('authenticator'))

describe('prepared statements', () => {
  const kept = async (connection: Connection) => Number((await connection.run([{ text: 'select count(*) from pg_prepared_statements' }]))[0]![0]![0])

  test('of batches that failed are closed too', async () => {
    const connection = await open()
    for (let i = 0; i < 600; i++) await expect(connection.run([{ text: `select 1 / 0 as c${i}` }])).rejects.toMatchObject({ code: '22012' })
    expect(await kept(connection)).toBeLessThanOrEqual(256)
    for (let i = 0; i < 300; i++) await connection.run([{ text: `select ${i}` }, { text: 'select 1' }])
    expect(await kept(connection)).toBeLessThanOrEqual(256)
    connection.close()
  })

  test('of the same text in batches that overlap are one', async () => {
    const connection = await open()
    for (let i = 0; i < 300; i++) await Promise.all([1, 2, 3].map(() => connection.run([{ text: `select ${i}` }])))
    expect(await kept(connection)).toBeLessThanOrEqual(256)
    connection.close()
  })

  test('are not kept for long texts, which work all the same, twice in a batch too', async () => {
    const connection = await open()
    const text = `select '${'x'.repeat(5000)}', $1::text`
    const results = await connection.run([{ text, values: ['a'] }, { text: 'select 1' }, { text, values: ['b'] }])
    expect([results[0]![0]![1], results[2]![0]![1]].map(String)).toEqual(['a', 'b'])
    expect(await kept(connection)).toBe(2)
    connection.close()
  })
})

describe('an answer', () => {
  test.each(["repeat('x', 70000000)", "repeat('x', 1000000) from generate_series(1, 70)"])('of more than 64 MiB is refused: %s', async (what) => {
    const connection = await open()
    await expect(connection.run([{ text: `select ${what}` }])).rejects.toMatchObject({ code: 'PT413', message: expect.stringContaining('64 MiB') })
    expect(connection.closed).toBe(true)
  })
})

describe('a server that is not ours', () => {
  /** A server that answers the start-up with these messages and keeps what it is sent then. */
  async function pretend(...messages: [type: string, ...numbers: number[]][]): Promise<{ server: Server; url: string; heard: string[] }> {
    const heard: string[] = []
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => {
        socket.on('data', (data) => heard.push(data.toString('latin1')))
        for (const [type, ...bytes] of messages) {
          const head = Buffer.alloc(5)
          head.write(type)
          head.writeInt32BE(bytes.length + 4, 1)
          socket.write(Buffer.concat([head, Buffer.from(bytes)]))
        }
      })
    }).listen(0, '127.0.0.1')
    await new Promise((ready) => server.once('listening', ready))
    return { server, heard, url: `postgres://someone:secret@127.0.0.1:${(server.address() as AddressInfo).port}/x` }
  }

  test.each([
    ['asks for the password in clear', [0, 0, 0, 3]],
    ['asks for it by MD5', [0, 0, 0, 5, 1, 2, 3, 4]],
    ['lets us in unasked', [0, 0, 0, 0]],
    ['proves nothing', [0, 0, 0, 12]],
  ])('that %s is refused and learns nothing', async (_title, request) => {
    const { server, url, heard } = await pretend(['R', ...request], ['R', 0, 0, 0, 0], ['Z', 73])
    await expect(Connection.open(url)).rejects.toBeInstanceOf(ConnectionLost)
    expect(heard.join('')).not.toContain('secret')
    await new Promise((closed) => server.close(closed))
  })
})
