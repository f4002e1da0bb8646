import { beforeAll, expect, test } from 'vitest'
import { openApp, signIn, upToDate } from './gestures.ts'
import { found, signUp, type Member } from './people.ts'
import { eventually, readyForFlight, useStage } from './support.ts'

const stage = useStage('face')
let claire: Member

beforeAll(async () => {
  claire = await found(await signUp(stage.world, 'Claire Duval'), 'Duval Construction')
})

test('the typeface comes behind the first screen, dresses the next one, and is there at an offline start', async () => {
  const context = await stage.phone()
  await context.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector('h1')) return
      Object.assign(globalThis, { drawn: performance.now() })
      observer.disconnect()
    }).observe(document, { childList: true, subtree: true })
  })
  const asked: string[] = []
  context.on('request', (request) => asked.push(new URL(request.url()).pathname))
  const phone = await openApp(context, stage.url)
  await phone.getByRole('heading', { level: 1, name: 'Se connecter' }).waitFor()
  // Behind the first paint, and not on the screen that began without it.
  await eventually(() => expect(asked.filter((path) => path.endsWith('.woff2'))).toHaveLength(1))
  const font = await phone.evaluate(() => performance.getEntriesByType('resource').find((entry) => entry.name.endsWith('.woff2'))!.startTime)
  expect(font).toBeGreaterThan(await phone.evaluate(() => (globalThis as { drawn?: number }).drawn!))
  expect(await phone.evaluate(() => document.fonts.size)).toBe(0)
  await signIn(phone, claire)
  await eventually(async () => expect(await phone.evaluate(() => [...document.fonts].map((face) => face.family))).toEqual(['InterVariable']))

  await upToDate(phone)
  await readyForFlight(phone)
  await context.setOffline(true)
  await phone.reload()
  await phone.getByRole('heading', { level: 1, name: 'Bonjour Claire' }).waitFor()
  expect(await phone.evaluate(() => [...document.fonts].map((face) => `${face.family} ${face.status}`))).toEqual(['InterVariable loaded'])
})
