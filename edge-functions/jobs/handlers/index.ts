import type { Handler } from '../worker.ts'
import { sendInvitation } from './send-invitation.ts'

/** Who does which kind of job. */
export const handlers: Record<string, Handler> = {
  send_invitation: sendInvitation,
}
