// What other features may use of favourites.
export { favourites } from './data.ts'
