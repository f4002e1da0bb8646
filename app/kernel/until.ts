import { createEffect, createRoot } from 'solid-js'

/** Resolves when `holds` says so, which it tells by its signals. */
export const until = (holds: () => boolean): Promise<void> =>
  new Promise((resolve) =>
    createRoot((dispose) =>
      createEffect(() => {
        if (!holds()) return
        resolve()
        dispose()
      }),
    ),
  )
