// As the service worker does: asks for a token without a page and without supabase-js.
import { sessionToken } from '../../../app/kernel/token.ts'

self.onmessage = () =>
  sessionToken().then(
    (token) => self.postMessage({ token }),
    (error: Error) => self.postMessage({ error: error.message }),
  )
