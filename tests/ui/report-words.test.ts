import { expect, test } from 'vitest'
import { labelsOf } from '../../edge-functions/_shared/report/labels.ts'
import { en } from '../../app/kernel/i18n/en.ts'
import { es } from '../../app/kernel/i18n/es.ts'
import { fr } from '../../app/kernel/i18n/fr.ts'
import { pt } from '../../app/kernel/i18n/pt.ts'

test.each(Object.entries({ fr, en, es, pt }))('a report in %s names states, types and severities as the app does', (locale, dictionary) => {
  for (const kind of ['status', 'type', 'severity'] as const) {
    const start = `incident.${kind}.`
    const said = Object.entries<string>(dictionary).flatMap(([key, word]) => (key.startsWith(start) ? [[key.slice(start.length), word]] : []))
    const printed = labelsOf(locale)[kind]
    expect(Object.keys(printed).length).toBeGreaterThan(3)
    for (const [name, word] of Object.entries(printed)) expect([name, said.find(([key]) => key === name)?.[1]]).toEqual([name, word])
  }
})
