import type { Handler } from '../worker.ts'
import { verifyPhoto } from './verify-photo.ts'

/** Who does which kind of job. */
export const handlers: Record<string, Handler> = {
  verify_photo: verifyPhoto,
}
