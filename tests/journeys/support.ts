/** The browsers of the journeys: the built app over a world of its own, opened on a phone and at a desk. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import { fileURLToPath } from 'node:url'
import { chromium, devices, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core'
import { test } from 'vitest'
import { buildApp } from '../../supabase/local/build.ts'
import { createWorld, type World } from '../support/world.ts'

/** Steps that wait for something on screen give up after this time, in ms. */
const PATIENCE = 20_000
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
/** What the browser says of a request without a network: expected while a device is offline, a fault otherwise. */
const NO_NETWORK = /net::ERR_INTERNET_DISCONNECTED|net::ERR_NETWORK_CHANGED/

const common: BrowserContextOptions = {
  locale: 'fr-FR', timezoneId: 'Europe/Paris', geolocation: { latitude: 48.8566, longitude: 2.3522 }, permissions: ['geolocation'],
}
const shapes = {
  phone: { ...devices['Pixel 7']!, defaultBrowserType: undefined, viewport: { width: 390, height: 844 }, screen: { width: 390, height: 844 } },
  desk: { viewport: { width: 1440, height: 900 } },
}

/** A browser of one person: what it stores is its own, and stays when its pages close. */
export interface Device {
  context: BrowserContext
  /** Opens the app in a new tab. */
  open(path?: string): Promise<Page>
  /** Takes the network away. */
  goOffline(): Promise<void>
  /** Gives the network back. */
  goOnline(): Promise<void>
  /** Every request of this device that reached the server since the last call, as `GET /path`. */
  takeRequests(): string[]
  /** All that the server has told this device so far, WebSocket messages included. */
  heard(): Promise<string>
}

export interface Journey {
  world: World
  phone: (options?: BrowserContextOptions) => Promise<Device>
  desk: (options?: BrowserContextOptions) => Promise<Device>
}

/**
 * The `test` of one file of journeys: `const it = journey('sign-up')`, then `it('…', async ({ world, phone, desk }) => …)`.
 * A test fails when one of its pages broke the content policy, threw, or logged an error.
 * @param name name of the world
 */
export const journey = (name: string) =>
  test.extend<Journey & { browser: Browser; devices: Devices }>({
    world: [async ({}, use) => {
      const world = await createWorld(name, { staticDir: await buildApp(fileURLToPath(new URL('../..', import.meta.url))) })
      await use(world)
      await world.close()
    }, { scope: 'file' }],
    browser: [async ({}, use) => {
      const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ARGS })
      await use(browser)
      await browser.close()
    }, { scope: 'file' }],
    devices: async ({ world, browser }, use) => {
      const all = new Devices(world, browser)
      await use(all)
      await all.close()
    },
    phone: async ({ devices: all }, use) => use((options) => all.add('phone', options)),
    desk: async ({ devices: all }, use) => use((options) => all.add('desk', options)),
  })

/** The devices of one test, and what went wrong on them. */
class Devices {
  #contexts: BrowserContext[] = []
  #faults: string[] = []
  #requests: { agent: string; line: string }[] = []
  #count = (message: unknown) => {
    const { request } = message as { request: IncomingMessage }
    if (request.socket.localPort === this.world.gateway.port) this.#requests.push({ agent: request.headers['user-agent'] ?? '', line: `${request.method} ${request.url}` })
  }

  constructor(private world: World, private browser: Browser) {
    subscribe('http.server.request.start', this.#count)
  }

  async add(shape: keyof typeof shapes, options: BrowserContextOptions = {}): Promise<Device> {
    const mark = `Device/${this.#contexts.length + 1}.0`
    const agent = `${devices[shape === 'phone' ? 'Pixel 7' : 'Desktop Chrome']!.userAgent} ${mark}`
    const context = await this.browser.newContext({ ...common, ...shapes[shape], userAgent: agent, baseURL: this.world.url, ...options })
    this.#contexts.push(context)
    context.setDefaultTimeout(PATIENCE)
    let offline = false
    const heard: Promise<string>[] = []
    const sockets: string[] = []
    await context.addInitScript(() => addEventListener('securitypolicyviolation', (event) =>
      console.error(`content policy: ${event.violatedDirective} ${event.blockedURI}`)))
    context.on('page', (page) => {
      page.on('pageerror', (error) => this.#faults.push(`${page.url()}: ${error.stack ?? error.message}`))
      page.on('console', (message) => {
        if (message.type() === 'error' && !(NO_NETWORK.test(message.text()) && offline)) this.#faults.push(`${page.url()}: ${message.text()} ${message.location().url}`)
      })
      page.on('response', (response) => {
        if (/\/(rest|auth)\/v1\//.test(response.url())) heard.push(response.text().catch(() => ''))
      })
      page.on('websocket', (socket) => {
        this.#requests.push({ agent, line: `WS ${socket.url()}` })
        socket.on('framereceived', ({ payload }) => sockets.push(payload.toString()))
      })
    })
    return {
      context,
      async open(path = '/') {
        const page = await context.newPage()
        await page.goto(path)
        return page
      },
      async goOffline() {
        offline = true
        await context.setOffline(true)
      },
      async goOnline() {
        await context.setOffline(false)
        offline = false
      },
      takeRequests: () => {
        const mine = this.#requests.filter((request) => request.agent.endsWith(mark))
        this.#requests = this.#requests.filter((request) => !mine.includes(request))
        return mine.map(({ line }) => line)
      },
      heard: async () => [...(await Promise.all(heard)), ...sockets].join('\n'),
    }
  }

  async close(): Promise<void> {
    unsubscribe('http.server.request.start', this.#count)
    await Promise.all(this.#contexts.map((context) => context.close()))
    if (this.#faults.length) throw new Error(`Something went wrong in the browser:\n${this.#faults.join('\n')}`)
  }
}
