// The Web Locks of one person's work in one company; tabs and the service worker take the same ones.

/** Held by whoever sends commands, as long as it does so. */
export const engineLock = (owner: string) => `aplomb-engine:${owner}`

/** Held for a moment by whoever writes the outbox's head or shows effects. */
export const outboxLock = (owner: string) => `aplomb-outbox:${owner}`
