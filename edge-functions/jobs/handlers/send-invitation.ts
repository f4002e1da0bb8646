import { encodeBase64 } from '../../_shared/base64.ts'
import type { InvitationNotice } from '../../_shared/notify/letters.ts'
import { notify } from '../../_shared/notify/notify.ts'
import { readableLogo } from '../../_shared/png.ts'
import type { Handler, Tools } from '../worker.ts'

/** Sends an invitation. Its link is this attempt's own; a second mail after a crash opens the same invitation. */
export const sendInvitation: Handler = async (payload, { supabase }) => {
  const { to, logo_file, ...values } = payload as unknown as InvitationNotice & { to: string; logo_file: string | null }
  const logo = logo_file && (await readLogo(supabase, logo_file))
  await notify({ to, letter: 'invitation', values: { ...values, logo } })
}

/** A logo in base64; null when it cannot be had or read: the mail leaves without it. */
async function readLogo({ storage }: Tools['supabase'], name: string): Promise<string | null> {
  const { data } = await storage.from('pictures').download(name)
  const logo = data && (await readableLogo(new Uint8Array(await data.arrayBuffer())))
  return logo && encodeBase64(logo)
}
