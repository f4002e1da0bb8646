import { analysts } from './analysts.ts'
import { dashboard } from './dashboard.ts'
import { favourites } from './favourites.ts'
import { looks } from './looks.ts'
import { people } from './people.ts'
import { photos } from './photos.ts'
import { sentences } from './sentences.ts'
import { sync } from './sync.ts'
import { views } from './views.ts'

/** French of every other screen: loaded behind the first one. */
export const rest = { ...analysts, ...dashboard, ...favourites, ...looks, ...people, ...photos, ...sentences, ...sync, ...views }
