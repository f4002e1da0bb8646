import { chromium, type Browser, type BrowserContext, type BrowserContextOptions } from 'playwright-core'

/** The Chromium of the system, or the one that the variable names. */
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/** Nothing but the page talks, and only to loopback. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const home: BrowserContextOptions = {
  locale: 'fr-FR',
  timezoneId: 'Europe/Paris',
  geolocation: { latitude: 48.8566, longitude: 2.3522, accuracy: 12 },
  permissions: ['geolocation'],
  reducedMotion: 'reduce', // moving icons are drawn by the processor
}

/** A phone in a site manager's hand. */
export const PHONE: BrowserContextOptions = { ...home, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }
/** A screen in an office. */
export const DESK: BrowserContextOptions = { ...home, viewport: { width: 1440, height: 900 } }

/** A browser; each of its contexts is a device of its own. */
export const launchChromium = (): Promise<Browser> => chromium.launch({ executablePath, args })

/** A browser that draws by a graphics process, as phones do; here the processor plays the graphics card. */
export const launchGraphics = (): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      ...args.filter((each) => each !== '--disable-gpu'),
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--ignore-gpu-blocklist',
      '--enable-gpu-rasterization',
    ],
  })

/** A phone whose profile lies in a folder: unlike a private window, it can install apps. */
export const launchProfile = (folder: string): Promise<BrowserContext> => chromium.launchPersistentContext(folder, { executablePath, args, ...PHONE })

/** A phone with a profile in a folder, and a camera that shows a moving test picture. */
export const launchCamera = (folder: string): Promise<BrowserContext> =>
  chromium.launchPersistentContext(folder, {
    executablePath,
    args: [...args, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
    ...PHONE,
    permissions: ['geolocation', 'camera', 'background-sync'],
  })
