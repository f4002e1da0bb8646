// What other features may use of sending and its drafts.
export { createOwnDrafts } from './drafts.ts'
