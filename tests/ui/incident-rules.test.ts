import { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askedFields, nextStep, requiredFields, severities, stepsFor, types } from '../../app/features/incidents/rules.ts'
import { phoneSql } from '../../app/kernel/generated/phone.ts'

let phone: PGlite
beforeAll(async () => {
  phone = await PGlite.create()
  await phone.exec(phoneSql)
})
afterAll(() => phone.close())

describe('a report', () => {
  it('asks on screen for the fields that the effect requires', async () => {
    for (const type of types) {
      for (const severity of severities) {
        const { rows } = await phone.query<{ fields: string[] }>('select effects.incident_required_fields($1, $2) as fields', [type, severity])
        expect(requiredFields(type, severity).toSorted(), `${type} ${severity}`).toEqual(rows[0]!.fields.toSorted())
      }
    }
  })

  it('of a danger always asks whether anybody is hurt; one of material takes its title from what is missing', () => {
    for (const severity of severities) expect(askedFields('safety', severity)).toContain('injured')
    expect(askedFields('material', 'medium')).toEqual(['item'])
    expect(askedFields('question', 'medium')).toEqual(['title'])
  })
})

describe('the steps of an incident', () => {
  const incident = { status: 'open', reporter_id: 'karim', assignee_id: null as string | null, site_archived: false }
  const handler = (permission: string) => permission === 'incident.handle'
  const closer = (permission: string) => permission === 'incident.close' || permission === 'incident.handle'
  const nobody = () => false
  const steps = (more: object, me: string, can: (permission: string) => boolean) => [...stepsFor({ ...incident, ...more }, me, can)].toSorted()

  it('are all open to who handles incidents', () => {
    expect(steps({}, 'marion', handler)).toEqual(['answer', 'ask', 'assign', 'edit', 'resolve'])
    expect(steps({}, 'julien', closer)).toEqual(['answer', 'ask', 'assign', 'close', 'edit', 'resolve'])
  })

  it('let the reporter answer, mend, close and reopen', () => {
    expect(steps({}, 'karim', nobody)).toEqual(['answer', 'close', 'edit'])
    expect(steps({ status: 'resolved' }, 'karim', nobody)).toEqual(['answer', 'close', 'edit', 'reopen'])
    expect(steps({ status: 'closed' }, 'karim', nobody)).toEqual(['answer', 'edit', 'reopen'])
  })

  it('let the person in charge work on it, whatever their role', () => {
    expect(steps({ status: 'assigned', assignee_id: 'aicha' }, 'aicha', nobody)).toEqual(['answer', 'ask', 'assign', 'edit', 'resolve'])
  })

  it('are closed to a reader, to nobody, and on an archived site', () => {
    expect(steps({}, 'louis', nobody)).toEqual([])
    expect(steps({}, '', closer)).toEqual([])
    expect(steps({ site_archived: true }, 'karim', closer)).toEqual([])
  })

  it('puts first what the incident waits for', () => {
    const first = (more: object, me: string, can: (permission: string) => boolean) =>
      nextStep({ ...incident, ...more }, me, stepsFor({ ...incident, ...more }, me, can))
    expect(first({}, 'julien', handler)).toBe('assign')
    expect(first({ status: 'waiting' }, 'karim', nobody)).toBe('answer')
    expect(first({ status: 'resolved' }, 'karim', nobody)).toBe('close')
    expect(first({ status: 'resolved' }, 'marion', handler)).toBe('reopen')
  })
})
