import { createSignal, For, Show } from 'solid-js'
import { t } from '../i18n/index.ts'
import { Icon, type IconName } from './icons.tsx'
import { Sheet } from './Sheet.tsx'

interface Question {
  title: string
  body: string
  action: string
  danger?: boolean
}

const [asked, setAsked] = createSignal<(Question & { answer: (yes: boolean) => void }) | null>(null)

/** Asks before something that cannot be taken back. Resolves true when the person goes on. */
export function confirm(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    setAsked({
      ...question,
      answer: (yes) => {
        setAsked(null)
        resolve(yes)
      },
    })
  })
}

interface Message {
  id: number
  text: string
  icon: IconName
}
const [messages, setMessages] = createSignal<Message[]>([])
let last = 0

/** Says what has happened, on screen for a few seconds and to screen readers. */
export function announce(text: string, icon: IconName = 'done'): void {
  const id = ++last
  setMessages((all) => [...all.slice(-1), { id, text, icon }])
  setTimeout(() => setMessages((all) => all.filter((each) => each.id !== id)), 5000)
}

/** Where questions and messages appear; once, at the root. */
export function Dialogs() {
  return (
    <>
      <Show when={asked()}>
        {(question) => (
          <Sheet
            title={question().title}
            onClose={() => question().answer(false)}
            actions={
              <>
                <button type="button" class="button plain" onClick={() => question().answer(false)}>
                  {t('action.cancel')}
                </button>
                <button type="button" class={`button ${question().danger ? 'danger' : 'primary'}`} onClick={() => question().answer(true)}>
                  {question().action}
                </button>
              </>
            }
          >
            <p class="quiet">{question().body}</p>
          </Sheet>
        )}
      </Show>
      <div class="messages" role="status" aria-live="polite">
        <For each={messages()}>
          {(message) => (
            <div class="message">
              <Icon name={message.icon} />
              <p>{message.text}</p>
            </div>
          )}
        </For>
      </div>
    </>
  )
}
