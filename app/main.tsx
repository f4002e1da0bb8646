import { render } from 'solid-js/web'
import { firstScreen } from './kernel/first-screen.ts'
import { allWords, startLocale } from './kernel/i18n/index.ts'
import { registerApp } from './kernel/pwa.ts'
import { fetchFont, startFont } from './kernel/ui/font.ts'
import { startTheme } from './kernel/ui/theme.ts'
import { App } from './routes.tsx'
import './kernel/ui/tokens.css'
import './kernel/ui/base.css'
import './kernel/ui/controls.css'
import './kernel/ui/fields.css'
import './kernel/ui/content.css'
import './kernel/ui/overlays.css'
import './kernel/ui/marks.css'
import './kernel/ui/shell.css'
import './kernel/ui/desk.css'
import './kernel/ui/door.css'
import './kernel/ui/screens.css'
import './kernel/ui/print.css'

startTheme()
await Promise.all([startLocale(), startFont()])
render(() => <App />, document.getElementById('app')!)
void firstScreen.then(() => {
  registerApp()
  void fetchFont().catch(() => undefined) // the next start tries again
  return allWords().catch(() => undefined) // a screen that needs them asks again, and says so when they do not come
})
