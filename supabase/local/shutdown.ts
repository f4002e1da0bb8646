/** The orderly end of a long-running command. */
export interface Shutdown {
  /** Registers what is to be closed; the last registered closes first. */
  add(close: () => Promise<void>): void
  /** Closes everything once and ends the process. */
  end(code?: number): void
  /** Has the end begun? */
  readonly ending: boolean
}

/** Postgres itself takes up to thirty seconds; nothing needs longer. */
const PATIENCE = 35_000
/** Ctrl-C comes twice at once: from the terminal, and from the process that started us. Only a later signal is a second wish. */
const SECOND_WISH = 2_000

/**
 * Ends this process in order when it is asked to: Ctrl-C, SIGTERM, a closed terminal, a killed parent.
 * A signal that comes again ends it at once.
 * @param patience how long each part may take to close, in milliseconds
 */
export function createShutdown(patience = PATIENCE): Shutdown {
  const closers: (() => Promise<void>)[] = []
  let ending = false
  const end = (code = 0) => {
    if (ending) return
    ending = true
    void closeAll().then((clean) => process.exit(clean ? code : 1))
  }
  let wished = 0
  const wish = () => {
    wished ||= Date.now()
    if (Date.now() - wished > SECOND_WISH) process.exit(1)
    end()
  }
  const closeAll = async () => {
    let clean = true
    for (const close of closers.reverse()) {
      await within(patience, close()).catch((error: unknown) => {
        clean = false
        console.error(error)
      })
    }
    return clean
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, wish)
  process.on('disconnect', () => end()) // run.mjs was killed
  process.channel?.unref()
  return {
    add: (close) => void closers.push(close),
    end,
    get ending() {
      return ending
    },
  }
}

/** The outcome of some work, or an error when it takes too long. */
async function within(patience: number, work: Promise<void>): Promise<void> {
  let late: NodeJS.Timeout
  const limit = new Promise<never>(
    (_, reject) => (late = setTimeout(() => reject(new Error(`a part did not close within ${patience / 1000} s`)), patience)),
  )
  await Promise.race([work, limit]).finally(() => clearTimeout(late))
}
