// How many photos of this person have not left this device, for the sync state that is always in sight. Small: it is in the first chunk.
import { createSignal } from 'solid-js'

/** Photos that wait to be sent, and those that were refused. */
export const [photosWaiting, setPhotosWaiting] = createSignal({ waiting: 0, refused: 0 })
