import type { rest as french } from '../fr/rest.ts'
import { analysts } from './analysts.ts'
import { dashboard } from './dashboard.ts'
import { favourites } from './favourites.ts'
import { looks } from './looks.ts'
import { people } from './people.ts'
import { photos } from './photos.ts'
import { sentences } from './sentences.ts'
import { sync } from './sync.ts'
import { views } from './views.ts'

/** English of every other screen: loaded behind the first one. */
export const rest: Record<keyof typeof french, string> = {
  ...analysts,
  ...dashboard,
  ...favourites,
  ...looks,
  ...people,
  ...photos,
  ...sentences,
  ...sync,
  ...views,
}
