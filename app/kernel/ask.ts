import { AppError } from './errors.ts'
import { session } from './session.ts'

/**
 * Calls app.<name> on the server, in the active company, and answers what it says: for what no phone keeps. Never waits in the outbox.
 * Rejects with AppError.
 */
export async function ask<T>(name: string, args: Record<string, unknown> = {}): Promise<T> {
  const company = session.company()
  if (!company) throw new AppError('AUTHN')
  const { getRemote } = await import('./remote.ts')
  return (await getRemote()).rpc<T>(name, args, company.company_id)
}

/** The file that an Edge Function answers to `body`, in the active company. Never waits in the outbox. Rejects with AppError. */
export async function askFile(name: string, body: Record<string, unknown>): Promise<Blob> {
  const company = session.company()
  if (!company) throw new AppError('AUTHN')
  const { getRemote } = await import('./remote.ts')
  return (await getRemote()).file(name, body, company.company_id)
}
