import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { filesIn, isGenerated, nouns, root, type SourceRule, type Sources } from './rules.ts'

/** Nouns that only other nouns' screens show. */
const WITHOUT_SCREENS = new Set<string>()

/** What stands beside every noun, and where. */
function missingSiblings(sources: Sources): string[] {
  const paths = [...sources.keys()]
  const has = (start: string) => paths.some((path) => path.startsWith(start))
  return nouns(sources).flatMap((noun) => [
    ...(has(`sql/effects/${noun}.sql`) || has(`sql/modules/${noun}.sql`) ? [] : [`sql/effects/${noun}.sql or sql/modules/${noun}.sql`]),
    ...[`policies/${noun}.sql`, `tests/${noun}/`].filter((sibling) => !has(sibling)),
    ...(has(`app/features/${noun}/`) || WITHOUT_SCREENS.has(noun) ? [] : [`app/features/${noun}/`]),
  ])
}

/** Living files that the load order does not name. */
function strangers(sources: Sources): string[] {
  const known = new Set([...nouns(sources), 'kernel', 'realtime', 'storage'])
  return ['sql/effects/', 'sql/modules/', 'policies/'].flatMap((folder) =>
    filesIn(sources, folder, '.sql')
      .map(([path]) => path)
      .filter((path) => !known.has(path.slice(folder.length, -'.sql'.length))),
  )
}

/** A migration's hash covers its text and the hash before it, as the migration tool computes it. */
function brokenMigrations(sources: Sources): string[] {
  let previous = ''
  return filesIn(sources, 'sql/migrations/committed/', '.sql')
    .sort()
    .flatMap(([path, text]) => {
      const [, before = '', claimed = '', body = ''] = /^--! Previous: (\S+)\n--! Hash: (\S+)\n(?:--! .*\n)*\n([\s\S]*)$/.exec(text) ?? []
      const expected = previous || '-'
      const digest = createHash('sha1')
        .update(`${`${previous}\n${body.trim()}`.trim()}\n`)
        .digest('hex')
      previous = claimed
      return before === expected && claimed === `sha1:${digest}` ? [] : [`${path}: Previous: ${expected}, Hash: sha1:${digest}`]
    })
}

/** Hosts that files may name: standards, licences, and addresses that lead nowhere. */
const HOSTS = /^(?:127\.0\.0\.1|localhost|\[::1\]|www\.w3\.org|(?:.+\.)?(?:example|test|invalid|local)(?:\.(?:com|org|net|fr))?)$/

/** House rules about files and their text. */
export const fileRules: SourceRule[] = [
  {
    name: 'every noun of the load order has its siblings',
    check: missingSiblings,
    planted: { 'sql/order.txt': 'companies\npeople\nsites\nincidents\ndefects\n' },
  },
  {
    name: 'every file of a noun is in the load order',
    check: strangers,
    planted: { 'policies/defects.sql': '' },
  },
  {
    name: 'no file is longer than 400 lines; generated files, migrations and the record of decisions aside',
    check: (sources) =>
      [...sources]
        .filter(([path]) => !isGenerated(path) && !path.startsWith('sql/migrations/') && path !== 'LICENSE' && path !== 'DECISIONS.md')
        .filter(([, text]) => text.split('\n').length > 401)
        .map(([path]) => path),
    planted: { 'app/defect.ts': '\n'.repeat(450) },
  },
  {
    name: 'what a text of the project links to or shows is there',
    check: (sources) =>
      filesIn(sources, '', '.md').flatMap(([path, text]) =>
        [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)]
          .map(([, link, shown]) => (link ?? shown)!.replace(/#.*$/, ''))
          .filter((target) => target && !/^[a-z]+:/.test(target) && !existsSync(join(root, posix.dirname(path), target)))
          .map((target) => `${path}: ${target}`),
      ),
    planted: { 'docs/defect.md': '<img src="screenshots/nothing.webp">' },
  },
  {
    name: 'every committed migration has the hash of its text',
    check: brokenMigrations,
    planted: { 'sql/migrations/committed/999999-defect.sql': `--! Previous: -\n--! Hash: sha1:${'0'.repeat(40)}\n\nselect 1;\n` },
  },
  {
    name: 'the lock file names no registry: each machine has its own',
    check: (sources) =>
      filesIn(sources, 'package-lock.json').flatMap(([, text]) => [...text.matchAll(/"resolved": "([^"]+)"/g)].map(([, address = '']) => address)),
    planted: { 'package-lock.json': '{ "resolved": "vite.tgz" }' },
  },
  {
    name: 'the app and its tools name no host of the world',
    check: (sources) =>
      [...sources]
        .filter(([path]) => path !== 'package-lock.json')
        .flatMap(([path, text]) =>
          [...text.matchAll(/\b(?:https?|wss?):\/\/([a-z0-9.[\]-]+\.[a-z]+|\[::1\])/gi)]
            .map(([, host = '']) => host.toLowerCase())
            .filter((host) => !HOSTS.test(host))
            .map((host) => `${path}: ${host}`),
        ),
    planted: { 'app/defect.ts': `fetch('https:${'//cdn.defect.dev'}/font.woff2');` },
  },
  {
    name: 'no text names a place of the machine it was written on',
    check: (sources) =>
      [...sources].flatMap(([path, text]) => {
        const found = /(?<![\w.~*-])\/(?:root|work|home\/\w+|Users\/\w+)\/|(?<!\.)\.\.\/shared\//.exec(text)
        return found && !path.startsWith('tests/architecture/') ? [`${path}: ${found[0]}`] : []
      }),
    planted: { 'README.md': 'See /home/ada/notes.' },
  },
  {
    name: 'nothing is left for later in the text',
    check: (sources) =>
      [...sources]
        .filter(([path]) => /\.(?:tsx?|mjs|sql|css)$/.test(path) && !path.startsWith('tests/architecture/'))
        .filter(([, text]) => /\b(?:TODO|FIXME|XXX|HACK)\b/.test(text))
        .map(([path]) => path),
    planted: { 'app/defect.ts': '// TODO later' },
  },
]
