// What other features may use of people.
export { CardSheet } from './CardSheet.tsx'
export { personDetail } from './data.ts'
