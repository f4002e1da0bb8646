import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const config = read('supabase/config.toml')

/** The Supabase CLI, which npm provides for some platforms only. */
const cli = (() => {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`@supabase/cli-${process.platform}-${process.arch}/package.json`)), 'bin', 'supabase')
  } catch {
    return ''
  }
})()

let home: string
let database: TestDatabase
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'aplomb-cli-'))
  database = await createTestDatabase('cli')
})
afterAll(async () => {
  await database.close()
  rmSync(home, { recursive: true, force: true })
})

/** Runs the CLI on a copy of the project's settings: it leaves files behind. */
function supabase(settings: string, ...args: string[]) {
  mkdirSync(join(home, 'supabase'), { recursive: true })
  cpSync(join(root, 'supabase/templates'), join(home, 'supabase/templates'), { recursive: true })
  writeFileSync(join(home, 'supabase/config.toml'), settings)
  const { status, stdout, stderr } = spawnSync(cli, ['--workdir', home, '--agent', 'no', ...args], {
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 50_000_000,
    env: { PATH: process.env['PATH'], HOME: home, SUPABASE_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
  })
  return { status, stdout, stderr }
}

const advise = (settings = config) =>
  supabase(settings, 'db', 'advisors', `--remote=${database.address('postgres')}`, '--output-format', 'json', '--level', 'info')

describe.runIf(cli)('the Supabase CLI', () => {
  test('takes the settings without a warning', () => {
    const { status, stderr } = advise()
    expect(stderr.split('\n').filter((line) => /WARN|invalid|fail/i.test(line) && !/TLS/.test(line))).toEqual([])
    expect(status).toBe(0)
  })

  test.each([
    ['a number that is none', config.replace('max_rows = 10000', 'max_rows = "many"'), 'max_rows'],
    ['a hook without an address', config.replaceAll('pg-functions://postgres', 'nowhere'), 'hook'],
    ['a mail that is missing', config.replace('templates/invite.html', 'templates/absent.html'), 'invite'],
    ['a section that does not exist', config.replace('[auth.sms]', '[auth.smss]'), 'auth.smss'],
  ])('would tell of %s', (_, settings, word) => {
    expect(settings).not.toBe(config)
    const { stdout, stderr } = advise(settings)
    expect(stdout + stderr).toMatch(new RegExp(`(?:invalid|WARN)[^]*${word}`, 'i'))
  })

  test('finds nothing in the database that docs/advisors.md does not explain, and that page explains nothing else', () => {
    const explained = [...read('docs/advisors.md').matchAll(/^\| (\w+) \| (\w+|\*) \| \S/gm)].slice(1).map(([, lint, schema]) => `${lint} ${schema}`)
    expect(explained.length).toBeGreaterThan(3)
    const { results } = JSON.parse(advise().stdout) as { results: { name: string; detail: string; metadata: { schema?: string } }[] }
    const used = new Set<string>()
    const unexplained = results.filter(({ name, metadata }) => {
      const line = explained.find((each) => each === `${name} ${metadata.schema}` || each === `${name} *`)
      if (line) used.add(line)
      return !line
    })
    expect(unexplained.map(({ name, detail }) => `${name}: ${detail}`)).toEqual([])
    expect(explained.filter((line) => !used.has(line))).toEqual([])
  })
})

describe('the settings', () => {
  test('expose the schemas of the API and no other', () => {
    expect(/^schemas = (.+)$/m.exec(config)?.[1]).toBe('["app", "kpi"]')
  })

  test('name hooks that exist and that the Auth service may run', async () => {
    const hooks = [...config.matchAll(/^uri = "pg-functions:\/\/postgres\/(\w+)\/(\w+)"$/gm)].map(([, schema, name]) => `${schema}.${name}(jsonb)`)
    expect(hooks.length).toBeGreaterThan(0)
    for (const hook of hooks) {
      const [row] = await database.db`select has_function_privilege('supabase_auth_admin', to_regprocedure(${hook}), 'execute') as allowed`
      expect(row, hook).toEqual({ allowed: true })
    }
    const all =
      await database.db`select oid::regprocedure::text as name from pg_proc where pronamespace = 'app_private'::regnamespace and proname like 'hook\_%\_attempt'`
    expect(all.map((row) => row.name as string).sort()).toEqual(hooks.sort())
  })

  test('deploy every Edge Function from its folder', () => {
    const folder = join(root, 'edge-functions')
    const functions = existsSync(folder) ? readdirSync(folder).filter((name) => existsSync(join(folder, name, 'index.ts'))) : []
    for (const name of functions) expect(config, name).toContain(`[functions.${name}]`)
    for (const [, name, entry] of config.matchAll(/^\[functions\.([\w-]+)\]\n(?:.+\n)*?entrypoint = "(.+)"/gm)) {
      expect(entry).toBe(`../edge-functions/${name}/index.ts`)
    }
  })

  test('hold no secret: each comes from the environment', () => {
    for (const [line] of config.matchAll(/^(?:secret|pass|password|auth_token|\w*key)\s*=.*$/gm)) expect(line).toMatch(/"env\(APLOMB_\w+\)"$/)
  })

  test('send mails in four languages, each with its link to the app or its code', () => {
    const mails = [...config.matchAll(/content_path = "\.\/supabase\/(templates\/\w+\.html)"/g)].map(([, path]) => path!)
    expect(mails.sort()).toEqual(
      readdirSync(join(root, 'supabase/templates'))
        .map((name) => `templates/${name}`)
        .sort(),
    )
    for (const mail of mails) {
      const text = read(`supabase/${mail}`)
      expect(text.match(/href="\{\{ \.SiteURL \}\}\/verify\?type=\w+#\{\{ \.TokenHash \}\}"|\{\{ \.Token \}\}<\/p>/g), mail).toHaveLength(4)
      for (const locale of ['fr', 'en', 'es', 'pt']) expect(text).toContain(`<html lang="${locale}">`)
    }
  })
})
