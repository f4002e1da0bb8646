import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openApp, signIn } from './gestures.ts'
import { found, signUp, type Member } from './people.ts'
import { eventually, useStage } from './support.ts'

const stage = useStage('design')
const root = fileURLToPath(new URL('../..', import.meta.url))
let claire: Member
let dev: ViteDevServer

beforeAll(async () => {
  claire = await found(await signUp(stage.world, 'Claire Duval'), 'Duval Construction')
  dev = await createServer({ root, logLevel: 'silent', cacheDir: `${root}/.cache/vite`, server: { port: 0, host: '127.0.0.1', hmr: false } })
  await dev.listen()
})
afterAll(() => dev?.close())

test('a developer sees every part of the screens in each of its states', async () => {
  const { port } = dev.httpServer!.address() as { port: number }
  const desk = await openApp(await stage.desk(), `http://127.0.0.1:${port}/design`)
  await desk.getByRole('heading', { level: 1, name: 'Design' }).waitFor()
  const parts = await desk.getByRole('heading', { level: 2 }).allTextContents()
  expect(parts).toEqual(expect.arrayContaining(['Colour', 'Type', 'Icon', 'Button', 'Badge', 'Note', 'Panel', 'List', 'Field', 'Menu', 'Sheet']))
  // A menu by the keyboard: open, choose, and the focus is where it was.
  const menu = desk.getByRole('button', { name: 'Colonnes' })
  await menu.press('Enter')
  await desk.getByRole('menuitem', { name: 'Modifier' }).waitFor()
  await desk.keyboard.press('Enter')
  await desk.getByText('Modifier', { exact: true }).and(desk.locator('.message p')).waitFor()
  // A form says its faults beside its fields.
  await desk.getByRole('region', { name: 'Field' }).getByRole('button', { name: 'Enregistrer' }).click()
  await desk.getByText('Remplissez « Nom ».').waitFor()
})

test('who asked for no motion sees none; what moves without end costs the page no work', async () => {
  const { port } = dev.httpServer!.address() as { port: number }
  const desk = await openApp(await stage.desk(), `http://127.0.0.1:${port}/design`)
  await desk.getByRole('heading', { level: 1, name: 'Design' }).waitFor()
  const moving = () =>
    desk.evaluate(() =>
      document.getAnimations().map((each) => ({
        endless: each.effect!.getComputedTiming().iterations === Infinity,
        properties: (each.effect as KeyframeEffect)
          .getKeyframes()
          .flatMap((frame) => Object.keys(frame).filter((name) => !['offset', 'computedOffset', 'easing', 'composite'].includes(name))),
      })),
    )
  // devices of the tests ask for none; what the first paint set off is over within a frame
  await eventually(async () => expect(await moving()).toEqual([]))
  await desk.emulateMedia({ reducedMotion: 'no-preference' })
  const endless = (await moving()).filter((each) => each.endless)
  expect(endless.length).toBeGreaterThan(0)
  for (const { properties } of endless) expect(['opacity', 'rotate', 'transform', 'translate', 'scale']).toEqual(expect.arrayContaining(properties))
})

test('nothing of that page is in what is built', async () => {
  const assets = `${root}/dist/assets`
  const holders = readdirSync(assets).filter(
    (name) => /\.(js|css)$/.test(name) && /design-page|design-states/.test(readFileSync(`${assets}/${name}`, 'utf8')),
  )
  expect(holders).toEqual([])
  const desk = await openApp(await stage.desk(), stage.url)
  await signIn(desk, claire)
  await desk.goto(`${stage.url}/design`)
  await desk.getByRole('heading', { level: 1, name: 'Page introuvable' }).waitFor()
})
