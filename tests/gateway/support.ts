import { readFileSync } from 'node:fs'
import { SignJWT } from 'jose'
import { createWorld, type Client, type World, type WorldOptions } from '../support/world.ts'

/** A world with the fixture of these tests, once the gateway knows it. */
export async function createFixtureWorld(name: string, options?: WorldOptions): Promise<World> {
  const world = await createWorld(name, options)
  await world.db.unsafe(readFileSync(new URL('fixture.sql', import.meta.url), 'utf8'))
  const client = world.client()
  await until(async () => (await client.schema('kpi').rpc('fixture_answer')).data === 42)
  return world
}

/** Waits until a condition holds; fails after ten seconds. */
export async function until(condition: () => boolean | Promise<boolean>, seconds = 10): Promise<void> {
  const end = Date.now() + seconds * 1000
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`it did not happen in ${seconds} s: ${condition}`)
    await new Promise((next) => setTimeout(next, 20))
  }
}

/** Signs a token as the Auth service does. */
export function mint(secret: string, claims: Record<string, unknown>, expiresIn: number): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT({ role: 'authenticated', aud: 'authenticated', iat: now - 7200, exp: now + expiresIn, ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new TextEncoder().encode(secret))
}

/** A request without supabase-js, to send what it never would. */
export function raw(
  world: World,
  path: string,
  { key = world.publishableKey, token, ...init }: RequestInit & { key?: string; token?: string } = {},
): Promise<Response> {
  return fetch(world.url + path, {
    ...init,
    headers: { apikey: key, ...(token ? { authorization: `Bearer ${token}` } : {}), ...(init.headers as Record<string, string>) },
  })
}

/** The access token a client is signed in with. */
export async function tokenOf(client: Client): Promise<string> {
  return (await client.auth.getSession()).data.session!.access_token
}

/** Members of a room may read it; those who may also write are marked. */
export const ROOMS = `
  create table app.fixture_members (room text, user_id uuid, writes boolean not null default true, primary key (room, user_id));
  grant select on app.fixture_members to authenticated;
  create policy fixture_read on realtime.messages for select to authenticated using (extension in ('broadcast', 'presence')
    and exists (select from app.fixture_members m where m.room = (select realtime.topic()) and m.user_id = (select auth.uid())));
  create policy fixture_write on realtime.messages for insert to authenticated with check (
    exists (select from app.fixture_members m where m.room = (select realtime.topic()) and m.user_id = (select auth.uid()) and m.writes))`
