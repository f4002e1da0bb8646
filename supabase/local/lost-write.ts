/**
 * Whether an error is postgres.js writing to a connection that has just been closed: it does so from a timer, where nobody can catch it (its issue
 * 1208). The query that was under way has been told by CONNECTION_CLOSED.
 */
export const isLostWrite = ({ name, message, stack }: { name: string; message: string; stack?: string }): boolean =>
  name === 'TypeError' && message.includes("null (reading 'write')") && /[/\\]postgres[/\\]\S*connection\.js/.test(stack ?? '')

/** Keeps this process alive over writes that were lost with their connection; any other error that nobody caught ends it, as without this. */
export function outliveLostWrites(): void {
  process.on('uncaughtException', (error: Error) => {
    console.error(error)
    if (!isLostWrite(error)) process.exit(1)
  })
}
