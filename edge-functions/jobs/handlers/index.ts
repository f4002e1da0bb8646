import type { Handler } from '../worker.ts'
import { removeFiles } from './remove-files.ts'
import { sendInvitation } from './send-invitation.ts'
import { verifyPhoto } from './verify-photo.ts'

/** Who does which kind of job. */
export const handlers: Record<string, Handler> = {
  remove_files: removeFiles,
  send_invitation: sendInvitation,
  verify_photo: verifyPhoto,
}
