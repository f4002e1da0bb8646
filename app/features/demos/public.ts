// What other features may use of demo companies.
export { DemoMark } from './DemoMark.tsx'
export { DemoOffer } from './DemoOffer.tsx'
