import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync(new URL('../../app/kernel/ui/tokens.css', import.meta.url), 'utf8')

/** The custom properties of the rule with this selector. */
function rule(selector: string): Record<string, string> {
  const start = css.indexOf(`${selector} {`)
  expect(start, selector).toBeGreaterThanOrEqual(0)
  const body = css.slice(start, css.indexOf('}', start))
  return Object.fromEntries([...body.matchAll(/(--[\w-]+):\s*(#[0-9a-f]{6});/g)].map((found) => [found[1], found[2]]))
}

const light = rule(':root')
const dark = { ...light, ...rule(":root[data-theme='dark']") }
const themes: [string, Record<string, string>][] = [
  ['light', light],
  ['dark', dark],
  ['light in full sun', { ...light, ...rule(":root[data-contrast='high']") }],
  ['dark in full sun', { ...dark, ...rule(":root[data-theme='dark'][data-contrast='high']") }],
]

function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(color.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].toSorted((x, y) => y - x)
  return (high! + 0.05) / (low! + 0.05)
}

const texts: [string, string][] = [
  ...['--ink', '--ink-2', '--ink-3', '--accent-ink'].flatMap((ink): [string, string][] => [
    [ink, '--ground'],
    [ink, '--surface'],
    [ink, '--sunken'],
  ]),
  ['--on-accent', '--accent'],
  ['--on-accent', '--accent-press'],
  ['--accent-ink', '--accent-soft'],
  ['--ink', '--accent-soft'],
  ['--ink-2', '--accent-soft'],
  ['--on-danger', '--danger'],
  ...['ok', 'warn', 'danger', 'info'].flatMap((tone): [string, string][] => [
    [`--${tone}`, `--${tone}-soft`],
    [`--${tone}`, '--surface'],
    [`--${tone}`, '--ground'],
  ]),
  ...['ok', 'warn', 'danger', 'info'].map((tone): [string, string] => ['--ink', `--${tone}-soft`]),
]

describe.each(themes)('%s', (_, tokens) => {
  it.each(texts)('text %s on %s has 4.5:1', (ink, paper) => {
    expect(contrast(tokens[ink]!, tokens[paper]!)).toBeGreaterThanOrEqual(4.5)
  })

  it.each([
    ['--line-strong', '--surface'],
    ['--line-strong', '--ground'],
    ['--accent-ink', '--ground'],
  ])('control %s on %s has 3:1', (line, paper) => {
    expect(contrast(tokens[line]!, tokens[paper]!)).toBeGreaterThanOrEqual(3)
  })
})
