// What other features may use of favourites.
export { moveTo } from './acts.ts'
export { favourites } from './data.ts'
export { iconOf } from './icon.ts'
