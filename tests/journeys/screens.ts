import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { parseSync } from 'vite'

const routes = fileURLToPath(new URL('../../app/routes.tsx', import.meta.url))

interface Property {
  key: { name: string }
  value: { type: string; value?: unknown; elements?: Element[] }
}
interface Element {
  type: string
  properties: Property[]
}

/** The addresses that a list of routes answers to, those of its children joined to their parent's. */
function pathsOf(elements: Element[], above = ''): string[] {
  // What is spread into the list is there in development builds alone.
  return elements
    .filter(({ type }) => type === 'ObjectExpression')
    .flatMap(({ properties }) => {
      const value = (name: string) => properties.find(({ key }) => key.name === name)?.value
      const path = join('/', above, value('path')!.value as string).replace(/(.)\/$/, '$1')
      const children = value('children')?.elements
      return children ? pathsOf(children, path) : [path]
    })
}

/** Every screen of the app, as app/routes.tsx lists them: `open` to everybody, `screens` to who is signed in. */
export function listScreens(): { open: string[]; screens: string[] } {
  const { program } = parseSync(routes, readFileSync(routes, 'utf8'))
  const list = (name: string) => {
    for (const statement of program.body) {
      if (statement.type !== 'VariableDeclaration') continue
      const [declared] = statement.declarations
      if (declared?.id.type === 'Identifier' && declared.id.name === name)
        return pathsOf((declared.init as unknown as { elements: Element[] }).elements)
    }
    throw new Error(`app/routes.tsx has no list ${name}`)
  }
  return { open: list('open'), screens: list('screens') }
}

/** Leads an open page to an address as its links do, without loading the app again, and waits until the screen and its rows are there. */
export async function visit(page: Page, address: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState(null, '', to)
    dispatchEvent(new PopStateEvent('popstate'))
  }, address)
  await settled(page)
}

/** Waits until the page stands still: a title, no placeholder of rows, nothing at work, no change for some frames. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('h1')?.textContent && !document.querySelector('.skeletons, .busy'))
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        // nameless functions: tsx would mark names
        const [quiet] = [() => setTimeout(() => (watcher.disconnect(), resolve()), 150)]
        let timer = quiet()
        const watcher = new MutationObserver(() => {
          clearTimeout(timer)
          timer = quiet()
        })
        watcher.observe(document, { childList: true, subtree: true, attributes: true, characterData: true })
      }),
  )
}

/**
 * What a page loses on a narrow screen: sideways scrolling of the whole, or something that stands outside or is cut off. Tables and boards
 * may scroll in their own frame, and a text may end in an ellipsis.
 */
export const lostSideways = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const lost: string[] = []
    const width = document.documentElement.clientWidth
    const [{ scrollWidth }] = [document.documentElement]
    if (scrollWidth > width) lost.push(`the page is ${scrollWidth} px wide`)
    for (const element of document.querySelectorAll<HTMLElement>('body *')) {
      if (!element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) || element.closest('.visually-hidden, svg, .skip')) continue
      const style = getComputedStyle(element)
      const box = element.getBoundingClientRect()
      let frame = element.parentElement
      while (frame && !/auto|scroll/.test(getComputedStyle(frame).overflowX)) frame = frame.parentElement
      const own = Array.from(element.childNodes).some((node) => node.nodeType === Node.TEXT_NODE && node.textContent!.trim())
      const named = `<${element.tagName.toLowerCase()} class="${element.getAttribute('class') ?? ''}"> ${element.innerText?.slice(0, 40) ?? ''}`
      if (!frame && box.width > 0 && (box.right > width + 1 || box.left < -1)) lost.push(`outside: ${named}`)
      if (own && /hidden|clip/.test(style.overflowX) && style.textOverflow !== 'ellipsis' && element.scrollWidth > element.clientWidth + 1)
        lost.push(`cut off: ${named}`)
    }
    return lost
  })
