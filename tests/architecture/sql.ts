import { filesIn, type SourceRule, type Sources } from './rules.ts'

type Sentences = Record<string, Record<string, string>>

const LANGUAGES = ['fr', 'en', 'es', 'pt']

function livingSql(sources: Sources): [path: string, text: string][] {
  return [...filesIn(sources, 'sql/', '.sql'), ...filesIn(sources, 'policies/', '.sql')].filter(([path]) => !path.startsWith('sql/migrations/'))
}

function errors(sources: Sources): Sentences {
  return JSON.parse(sources.get('sql/errors.json') ?? '{}') as Sentences
}

/** The codes that a text raises: refuse('BLANK', …), errcode = 'BLANK'. */
function raised(text: string): string[] {
  return [...text.matchAll(/(?:refuse\(|errcode *= *|then )'([A-Z]{5})'/g)].map(([, code = '']) => code)
}

/** Names the fields that a sentence leaves open. */
function holes(sentence: string): string {
  return [...sentence.matchAll(/\{\w+\}/g)]
    .map(([hole]) => hole)
    .sort()
    .join()
}

/** Functions without a comment right above. A check is described by its effect: app_private.check_report_incident by effects.report_incident. */
function undocumented(path: string, text: string, effects: Set<string>): string[] {
  const lines = text.split('\n')
  return lines.flatMap((line, place) => {
    const [, name = ''] = /^create or replace function ([\w.]+)/.exec(line) ?? []
    const effect = /^app_private\.check_(\w+)$/.exec(name)?.[1]
    if (!name || lines[place - 1]?.startsWith('-- ') || (effect && effects.has(effect))) return []
    return [`${path}: ${name}`]
  })
}

/** House rules about the text of SQL files. */
export const sqlRules: SourceRule[] = [
  {
    name: 'every error code that SQL raises has its sentences',
    check: (sources) => {
      const known = errors(sources)
      return livingSql(sources).flatMap(([path, text]) =>
        raised(text)
          .filter((code) => !(code in known))
          .map((code) => `${path}: ${code}`),
      )
    },
    planted: { 'sql/modules/defects.sql': `perform effects.refuse('DEFEC', 'field');` },
  },
  {
    name: 'every error has a sentence in each language, with the same holes, under a code of five capitals',
    check: (sources) =>
      Object.entries(errors(sources)).flatMap(([code, sentences]) => {
        const texts = LANGUAGES.map((language) => sentences[language] ?? '')
        const whole = /^[A-Z]{5}$/.test(code) && texts.every((text) => /[.!?]$/.test(text)) && new Set(texts.map(holes)).size === 1
        return whole ? [] : [code]
      }),
    planted: { 'sql/errors.json': '{ "BLANK": { "fr": "Il manque {field}." } }' },
  },
  {
    name: 'every SQL function says what it does',
    check: (sources) => {
      const effects = new Set(
        filesIn(sources, 'sql/effects/').flatMap(([, text]) => [...text.matchAll(/function effects\.(\w+)/g)].map(([, name = '']) => name)),
      )
      return livingSql(sources).flatMap(([path, text]) => undocumented(path, text, effects))
    },
    planted: { 'sql/modules/defects.sql': 'create or replace function app.defect() returns int\nlanguage sql return 1;' },
  },
  {
    name: 'living files may run again: they replace, never merely create',
    check: (sources) =>
      livingSql(sources).flatMap(([path, text]) =>
        [...text.matchAll(/^create (?!or replace |temporary |policy )(?:unique )?(\w+ [\w.]+)/gim)].map(([, made = '']) => `${path}: ${made}`),
      ),
    planted: { 'sql/modules/defects.sql': 'create function app.defect() returns int language sql return 1;' },
  },
  {
    name: 'tables are made and changed by migrations alone',
    check: (sources) =>
      livingSql(sources).flatMap(([path, text]) =>
        [...text.matchAll(/^\s*(create table|drop table|alter table \S+ (?:add|drop|alter|rename))\b/gim)].map(
          ([, words = '']) => `${path}: ${words}`,
        ),
      ),
    planted: { 'sql/modules/defects.sql': 'alter table app.sites add defect text;' },
  },
  {
    name: 'policies and grants stand in policies/ alone',
    check: (sources) =>
      livingSql(sources)
        .filter(([path]) => !path.startsWith('policies/') && path !== 'sql/roles.sql')
        .flatMap(([path, text]) => (/^\s*(?:create policy|grant|revoke)\b/im.test(text) ? [path] : [])),
    planted: { 'sql/modules/defects.sql': 'grant select on app.sites to authenticated;' },
  },
  {
    name: 'effects and KPIs never read the clock: they take it as an argument, so that a replay gives the same rows',
    check: (sources) =>
      [...filesIn(sources, 'sql/effects/', '.sql'), ...filesIn(sources, 'sql/kpis/', '.sql')]
        .filter(([, text]) => /\b(?:now|clock_timestamp|statement_timestamp|gen_random_uuid|random)\(|\bcurrent_(?:date|timestamp)\b/i.test(text))
        .map(([path]) => path),
    planted: { 'sql/effects/defects.sql': 'select now();' },
  },
]
