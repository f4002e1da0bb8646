import type { InvitationNotice } from '../../_shared/notify/letters.ts'
import { notify } from '../../_shared/notify/notify.ts'
import type { Handler } from '../worker.ts'

/** Sends an invitation. Its link is this attempt's own; a second mail after a crash opens the same invitation. */
export const sendInvitation: Handler = async (payload) => {
  const { to, ...values } = payload as unknown as InvitationNotice & { to: string }
  await notify({ to, letter: 'invitation', values })
}
