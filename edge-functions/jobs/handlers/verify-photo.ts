import type { Handler } from '../worker.ts'

/** Kinds of answers of Storage that say: there is no such file. */
const ABSENT = /not found|NoSuchKey|does not exist/i

/**
 * Reads a photo's file again and answers the hash of what Storage really holds: {sha256}, null when it holds none. A file with another hash
 * is taken away, so that its phone can send it again under the same name.
 */
export const verifyPhoto: Handler = async ({ bucket, name, sha256 }, { supabase, signal }) => {
  const files = supabase.storage.from(String(bucket))
  const { data, error } = await files.download(String(name), {}, { signal })
  if (error) {
    if (ABSENT.test(error.message) || [400, 404].includes(Number((error as { status?: number }).status))) return { sha256: null }
    throw new Error(`download: ${error.message}`)
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await data.arrayBuffer()))
  const found = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  if (found !== sha256) {
    const { error: kept } = await files.remove([String(name)])
    if (kept) throw new Error(`remove: ${kept.message}`)
  }
  return { sha256: found }
}
