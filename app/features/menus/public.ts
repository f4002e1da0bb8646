// What other features may use of the menu's order.
export { ArrangeSheet } from './ArrangeSheet.tsx'
