import { createClient } from '@supabase/supabase-js'
import WebSocket from 'ws'

/** A supabase-js client as the app's own, with a memory of its own; signed in as nobody. */
export function openClient(url: string, key: string, company?: string) {
  return createClient(url, key, {
    db: { schema: 'app' },
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: { headers: company ? { 'x-company': company } : {} },
    realtime: { transport: WebSocket as unknown as typeof globalThis.WebSocket },
  })
}

export type Client = ReturnType<typeof openClient>
