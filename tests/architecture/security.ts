import { filesIn, type SourceRule, type Sources } from './rules.ts'

/** How many requirements of levels 1 and 2 each chapter of OWASP ASVS 5.0 has. */
const REQUIREMENTS = [27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7]
/** What may stand where no test is named. */
const REASON = /(?:None here|Host|Exception): \S/

/** The rows of the table: number, words, what shows it. */
const rowsOf = (sources: Sources) =>
  [...(sources.get('SECURITY.md') ?? '').matchAll(/^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]*) \|$/gm)].map(([, number = '', , shown = '']) => ({
    number,
    shown,
  }))

/** Tests that the page names: file under tests/ and name. */
const named = (sources: Sources) =>
  [...(sources.get('SECURITY.md') ?? '').matchAll(/`([\w/-]+\.test\.ts)`(?: “([^”]+)”)?/g)].map(([, file = '', name]) => ({
    file: `tests/${file}`,
    name,
  }))

/** A named test stands in its file; the architecture's own in the files of its rules. */
function missingTests(sources: Sources): string[] {
  return named(sources).flatMap(({ file, name }) => {
    const texts =
      file === 'tests/architecture.test.ts' ? filesIn(sources, 'tests/architecture/', '.ts').map(([, text]) => text) : [sources.get(file) ?? '']
    if (texts.every((text) => text === '')) return [`${file} is not there`]
    return name === undefined || texts.some((text) => text.includes(`'${name}'`) || text.includes(`"${name}"`))
      ? []
      : [`${file} has no test “${name}”`]
  })
}

/** Each requirement once, by a test or a reason. */
function missingRequirements(sources: Sources): string[] {
  const rows = rowsOf(sources)
  const numbers = rows.map(({ number }) => number)
  return [
    ...REQUIREMENTS.flatMap((count, place) => {
      const found = numbers.filter((number) => number.startsWith(`${place + 1}.`)).length
      return found === count ? [] : [`chapter ${place + 1} has ${found} of ${count} requirements`]
    }),
    ...numbers.filter((number, place) => numbers.indexOf(number) !== place).map((number) => `${number} stands twice`),
    ...rows
      .filter(({ shown }) => !/`[\w/-]+\.test\.ts`/.test(shown) && !REASON.test(shown))
      .map(({ number }) => `${number} has neither a test nor a reason`),
  ]
}

/** House rules about what SECURITY.md promises. */
export const securityRules: SourceRule[] = [
  {
    name: 'every test that SECURITY.md names is there',
    check: missingTests,
    planted: { 'SECURITY.md': '| 1.1.1 | x | `gateway/auth.test.ts` “is a test that nobody wrote” |\n' },
  },
  {
    name: 'SECURITY.md answers each requirement by a test or a reason',
    check: missingRequirements,
    planted: { 'SECURITY.md': '| 1.1.1 | x | later |\n' },
  },
]
