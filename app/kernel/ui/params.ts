import { useIsRouting, useParams as useRouterParams } from '@solidjs/router'
import { createMemo } from 'solid-js'

/**
 * The `:id` of the address. Read again when the router has arrived: a screen whose code comes from the network may be made while the
 * router is on its way, reads the address before, and is never told.
 */
export function useParams<T extends { id?: string }>(): T {
  const params = useRouterParams<{ id: string }>()
  const routing = useIsRouting()
  const id = createMemo(() => (routing(), params.id))
  return {
    get id() {
      return id()
    },
  } as T
}
