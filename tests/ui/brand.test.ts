import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { brandTokens, contrast, type Papers } from '../../app/kernel/ui/brand.ts'

const css = readFileSync(new URL('../../app/kernel/ui/tokens.css', import.meta.url), 'utf8')

/** The papers and inks of the rule with this selector. */
function rule(selector: string): Record<string, string> {
  const start = css.indexOf(`${selector} {`)
  expect(start, selector).toBeGreaterThanOrEqual(0)
  return Object.fromEntries(
    [...css.slice(start, css.indexOf('}', start)).matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map((found) => [found[1], found[2]]),
  )
}
const light = rule(':root')
const dark = { ...light, ...rule(":root[data-theme='dark']") }
const themes = {
  light,
  dark,
  'light in full sun': { ...light, ...rule(":root[data-contrast='high']") },
  'dark in full sun': { ...dark, ...rule(":root[data-theme='dark'][data-contrast='high']") },
}

/** Colours from every corner of the cube, and the hard ones: yellow on white, navy on black. */
const STEPS = [0, 32, 64, 96, 128, 160, 192, 224, 255]
const colours = STEPS.flatMap((red) =>
  STEPS.flatMap((green) => STEPS.map((blue) => `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`)),
)

describe.each(Object.entries(themes))('%s', (_, tokens) => {
  const papers = tokens as unknown as Papers & Record<'ink' | 'ink-2', string>

  it('stays readable with any colour a company chooses', () => {
    const faults: string[] = []
    for (const colour of colours) {
      const brand = brandTokens(colour, papers)
      const demand = (text: string, paper: string, least = 4.5) => {
        if (contrast(text, paper) < least) faults.push(`${colour}: ${text} on ${paper} ${contrast(text, paper).toFixed(2)}`)
      }
      demand(brand['--on-accent']!, brand['--accent']!)
      demand(brand['--on-accent']!, brand['--accent-press']!)
      for (const paper of [papers.ground, papers.surface, papers.sunken, brand['--accent-soft']!]) demand(brand['--accent-ink']!, paper)
      demand(papers.ink, brand['--accent-soft']!)
      demand(papers['ink-2'], brand['--accent-soft']!)
    }
    expect(faults).toEqual([])
  })

  it('keeps a colour that is readable already', () => {
    const readable = papers.surface > '#888888' ? '#1b5891' : '#94c8f7'
    expect(brandTokens(readable, papers)['--accent-ink']).toBe(readable)
  })
})

it('reads colours as a minifier writes them', () => {
  const papers = { ground: '#eeeeee', surface: '#ffffff', sunken: '#dddddd' }
  expect(brandTokens('#1b5891', { ground: '#eee', surface: '#fff', sunken: '#ddd' })).toEqual(brandTokens('#1b5891', papers))
  expect(brandTokens('#1b5891', papers)['--accent-ink']).toBe('#1b5891')
})
