/** Where to go after signing in: `next` when it is an address of this app, else the first screen. */
export const safeNext = (next: string | undefined): string => (next && /^\/(?![/\\])/.test(next) ? next : '/')
