import { expect, it } from 'vitest'
import { mapLink } from '../../app/kernel/ui/position-link.ts'

const agents = {
  iPhone: { userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15', maxTouchPoints: 5 },
  'iPad that says it is a Mac': { userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15', maxTouchPoints: 5 },
  Android: { userAgent: 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36', maxTouchPoints: 5 },
}

it.each([
  ['iPhone', 'maps:?ll=43.61,3.87&q=43.61,3.87'],
  ['iPad that says it is a Mac', 'maps:?ll=43.61,3.87&q=43.61,3.87'],
  ['Android', 'geo:43.61,3.87?q=43.61,3.87'],
] as const)('a position opens in the maps of an %s', (agent, link) => expect(mapLink(43.61, 3.87, agents[agent])).toBe(link))
