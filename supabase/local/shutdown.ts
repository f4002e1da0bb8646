/** The orderly end of a long-running command. */
export interface Shutdown {
  /** Registers what is to be closed; the last registered closes first. */
  add(close: () => Promise<void>): void
  /** Closes everything once and ends the process. */
  end(code?: number): void
  /** Has the end begun? */
  readonly ending: boolean
}

/** Ends this process in order when it is asked to: Ctrl-C, SIGTERM, a closed terminal, a killed parent. */
export function createShutdown(): Shutdown {
  const closers: (() => Promise<void>)[] = []
  let ending = false
  const end = (code = 0) => {
    if (ending) return
    ending = true
    void closeAll().then((clean) => process.exit(clean ? code : 1))
  }
  const closeAll = async () => {
    let clean = true
    for (const close of closers.reverse()) {
      await close().catch((error: unknown) => {
        clean = false
        console.error(error)
      })
    }
    return clean
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end())
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
