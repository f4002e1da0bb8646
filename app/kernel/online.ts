import { createSignal } from 'solid-js'

const [online, setOnline] = createSignal(navigator.onLine)
addEventListener('online', () => setOnline(true))
addEventListener('offline', () => setOnline(false))

/** Whether this device says that it has a network: without one, screens ask for nothing that they can do without. */
export { online }
