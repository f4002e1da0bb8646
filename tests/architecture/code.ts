import { posix } from 'node:path'
import { filesIn, isGenerated, type SourceRule, type Sources } from './rules.ts'

const IMPORT = /(?:from|import|import\()\s*['"]([^'"]+)['"]/g

/** The local files that a file imports, as paths of the repository. */
function localImports(path: string, text: string): string[] {
  return [...text.matchAll(IMPORT)]
    .map(([, specifier = '']) => specifier)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => posix.join(posix.dirname(path), specifier).replace(/\?.*$/, ''))
}

/** TypeScript that others build on. */
function modules(sources: Sources): [path: string, text: string][] {
  return [...sources].filter(([path]) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path) && !isGenerated(path))
}

/** An exported function at the start of a line, in either form. */
const EXPORTED =
  /^export (?:default )?(?:(?:async )?function\*? *(\w*)|const (\w+)(?:: [^=]+)? = (?:async )?(?:<[^>]*>)?(?:\([^)]*\)|\w+)(?:: [^=]+)? =>)/

function undocumented(path: string, text: string): string[] {
  const lines = text.split('\n')
  return lines.flatMap((line, place) => {
    const found = EXPORTED.exec(line)
    return found && !lines[place - 1]?.trimEnd().endsWith('*/') ? [`${path}: ${found[1] || found[2] || 'default'}`] : []
  })
}

const SQL_TEXT = /\b(?:select\b[^'"`]*\bfrom\b|insert into\b|delete from\b|update \w+(?:\.\w+)? set\b)[^'"`]*\b(?:app|kpi|effects|local)\./is

/** House rules about TypeScript. */
export const codeRules: SourceRule[] = [
  {
    name: 'a feature imports the kernel, its own files and the public file of another feature',
    check: (sources) =>
      filesIn(sources, 'app/features/').flatMap(([path, text]) => {
        const own = path.split('/').slice(0, 3).join('/')
        return localImports(path, text)
          .filter(
            (target) =>
              !target.startsWith(`${own}/`) &&
              target !== own &&
              !target.startsWith('app/kernel/') &&
              !/^app\/features\/[^/]+\/public(?:\.ts)?$/.test(target) &&
              !/^(?:public|app\/assets)\//.test(target),
          )
          .map((target) => `${path} imports ${target}`)
      }),
    planted: { 'app/features/people/Defect.tsx': `import { siteQuery } from '../sites/data.ts';` },
  },
  {
    name: 'the kernel knows no feature',
    check: (sources) =>
      filesIn(sources, 'app/kernel/').flatMap(([path, text]) =>
        localImports(path, text)
          .filter((target) => target.startsWith('app/features/'))
          .map((target) => `${path} imports ${target}`),
      ),
    planted: { 'app/kernel/defect.ts': `const page = () => import('../features/sites/public.ts');` },
  },
  {
    name: 'a key names one query: what is remembered of its rows is drawn for no other',
    check: (sources) => {
      const keys = filesIn(sources, 'app/').flatMap(([path, text]) =>
        [...text.matchAll(/\bkey: (['`])(.+?)\1,\s*tables\b/g)].map(([, , key]) => ({ path, key: key!.replace(/\$\{[^}]*\}/g, '*') })),
      )
      return keys.filter(({ key }, place) => keys.findIndex((other) => other.key === key) < place).map(({ path, key }) => `${path}: ${key}`)
    },
    planted: { 'app/features/sites/defect.ts': `const one = { key: 'some', tables: ['sites'] }; const two = { key: 'some',\n tables: ['people'] };` },
  },
  {
    name: 'no component holds SQL',
    check: (sources) =>
      filesIn(sources, 'app/', '.tsx')
        .filter(([, text]) => SQL_TEXT.test(text))
        .map(([path]) => path),
    planted: { 'app/features/sites/Defect.tsx': 'const rows = db.query(`select *\n  from app.sites limit 5`);' },
  },
  {
    name: 'no component and no feature speaks to the server past the kernel',
    check: (sources) =>
      [...filesIn(sources, 'app/', '.tsx'), ...filesIn(sources, 'app/features/')]
        .filter(([, text]) => /(?:from|import|import\()\s*['"]@(?:supabase|electric-sql)\//.test(text))
        .map(([path]) => path),
    planted: { 'app/features/sites/Defect.tsx': `import { createClient } from '@supabase/supabase-js';` },
  },
  {
    name: 'every exported function says what it does',
    check: (sources) => modules(sources).flatMap(([path, text]) => undocumented(path, text)),
    planted: { 'app/kernel/defect.ts': 'const x = 1;\nexport async function defect(): Promise<void> {}\n' },
  },
  {
    name: 'tests wait on conditions, never on the clock alone',
    check: (sources) =>
      filesIn(sources, 'tests/', '.test.ts').flatMap(([path, text]) =>
        /await (?:sleep|delay|wait)\(\d|waitForTimeout\(|await new Promise\(\(?\w+\)? => setTimeout\(\w+, [\d_]{4,}\)\)/.test(text) ? [path] : [],
      ),
    planted: { 'tests/sites/defect.test.ts': 'await page.waitForTimeout(500);' },
  },
]
