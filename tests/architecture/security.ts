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

/** Each field of a screen that takes a password. */
const passwordFields = (sources: Sources) =>
  filesIn(sources, 'app/', '.tsx').flatMap(([path, text]) =>
    [...text.matchAll(/<(?:TextField|input)\b[\s\S]*?\/>/g)]
      .map(([tag]) => ({ path, tag }))
      .filter(({ tag }) => /\btype=\S*password/.test(tag) || /\bname="(?:\w+_)?password(?:_again)?"/.test(tag)),
  )

/** A password is masked always, and its field says to managers which one it takes; the field of the house hands both on as they are. */
function openPasswords(sources: Sources): string[] {
  const fields = passwordFields(sources)
  const house = sources.get('app/kernel/ui/fields.tsx') ?? ''
  return [
    ...(fields.length === 0 ? ['no field for a password was found'] : []),
    ...fields.flatMap(({ path, tag }) => [
      ...(/\stype="password"/.test(tag) ? [] : [`${path} shows a password`]),
      ...(/\sautocomplete=(?:"|\{[^}]*')(?:current|new)-password/.test(tag) && !/autocomplete=[^\n]*\boff\b/.test(tag)
        ? []
        : [`${path} does not say which password it takes`]),
    ]),
    ...["type={props.type ?? 'text'}", "autocomplete={props.autocomplete ?? 'off'}"]
      .filter((piece) => !house.includes(piece))
      .map((piece) => `a field does not hand on ${piece}`),
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
  {
    name: 'each field of a password masks it and says to managers which one it takes',
    check: openPasswords,
    planted: {
      'app/features/account/SignIn.tsx': '<TextField form={form} name="password" type={shown() ? "text" : "password"} autocomplete="off" />\n',
    },
  },
  {
    name: 'nothing keeps from pasting',
    check: (sources) =>
      filesIn(sources, 'app/').flatMap(([path, text]) =>
        /\bon:?paste\b|['"]paste['"]|insertFromPaste/i.test(text) ? [`${path} meddles with pasting`] : [],
      ),
    planted: { 'app/features/account/SignIn.tsx': '<input type="password" onPaste={(event) => event.preventDefault()} />\n' },
  },
]
