import { createSignal } from 'solid-js'
import { readConfig } from './http.ts'

const [kept, setKept] = createSignal(false)
let asked = false

/** True when this installation keeps its mails in the local box `/mail` instead of sending them; false until that is known. */
export function mailsKept(): boolean {
  if (!asked) {
    asked = true
    void readConfig().then(
      (config) => setKept(config.mailsKept === true),
      () => (asked = false),
    )
  }
  return kept()
}
