import './dictate.css'
import { createSignal, onCleanup } from 'solid-js'
import { locale, t } from '../i18n/index.ts'
import { announce } from './dialogs.tsx'
import { Icon } from './icons.tsx'

/** What browsers have of the Web Speech API; TypeScript does not know it. */
interface Recognition extends EventTarget {
  lang: string
  continuous: boolean
  interimResults: boolean
  start(): void
  stop(): void
  abort(): void
}
interface Heard extends Event {
  resultIndex: number
  results: ArrayLike<{ isFinal: boolean; 0: { transcript: string } }>
}
type Maker = new () => Recognition

const tongues = { fr: 'fr-FR', en: 'en-GB', es: 'es-ES', pt: 'pt-PT' }
const maker = () => {
  const browser = globalThis as { SpeechRecognition?: Maker; webkitSpeechRecognition?: Maker }
  return browser.SpeechRecognition ?? browser.webkitSpeechRecognition
}

/** Writes what is said after what is written in the field with this id. Rendered only where the browser can listen. */
export default function Dictate(props: { field: string; value: string; onText: (text: string) => void }) {
  const [listening, setListening] = createSignal(false)
  let ear: Recognition | null = null
  const stop = () => ear?.stop()
  onCleanup(() => ear?.abort())
  const listen = () => {
    const Maker = maker()
    if (!Maker) return
    ear = new Maker()
    ear.lang = tongues[locale()]
    ear.continuous = true
    ear.interimResults = false
    ear.addEventListener('result', (event) => {
      const { results, resultIndex } = event as Heard
      const said = Array.from(results)
        .slice(resultIndex)
        .filter((each) => each.isFinal)
        .map((each) => each[0].transcript.trim())
        .join(' ')
      if (!said) return
      const before = props.value.trimEnd()
      // A sentence begins with a capital; what goes on does not.
      const text = !before || /[.!?]$/.test(before) ? said.charAt(0).toLocaleUpperCase(locale()) + said.slice(1) : said
      props.onText(before ? `${before} ${text}` : text)
    })
    ear.addEventListener('error', (event) => {
      const { error } = event as Event & { error: string }
      if (error === 'aborted' || error === 'no-speech') return
      announce(t(error === 'not-allowed' || error === 'service-not-allowed' ? 'dictate.refused' : 'dictate.failed'), 'alert')
    })
    ear.addEventListener('end', () => {
      ear = null
      setListening(false)
    })
    ear.start()
    setListening(true)
  }
  return (
    <button
      type="button"
      class="button icon-only quiet dictate"
      aria-pressed={listening()}
      aria-label={t(listening() ? 'dictate.stop' : 'dictate.start')}
      aria-controls={props.field}
      title={t('dictate.hint')}
      onClick={() => (listening() ? stop() : listen())}
    >
      <Icon name="microphone" />
    </button>
  )
}
