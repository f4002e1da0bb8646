/** What the check of a photo needs of Storage, with the secret key. */
interface Files {
  from(bucket: string): {
    download(name: string): PromiseLike<{ data: Blob | null; error: { message: string } | null }>
    remove(names: string[]): PromiseLike<{ error: { message: string } | null }>
  }
}

/** The words by which Storage says that there is no such file. */
const ABSENT = /not.?found|NoSuchKey|does not exist/i

/**
 * Reads a photo's file again and answers the hash of what Storage really holds: {sha256}, null when it holds none. A file with another hash
 * is taken away, so that its phone can send it again under the same name. May run again: it only looks.
 */
export async function verifyPhoto(
  { bucket, name, sha256 }: Record<string, unknown>,
  { supabase }: { supabase: { storage: Files } },
): Promise<{ sha256: string | null }> {
  const files = supabase.storage.from(String(bucket))
  const { data, error } = await files.download(String(name))
  if (!data) {
    // an answer without words is a body that was no JSON: look at the error itself
    const said = `${error?.message} ${JSON.stringify(error)}`
    if (ABSENT.test(said)) return { sha256: null }
    throw new Error(`download: ${said}`)
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await data.arrayBuffer()))
  const found = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  if (found !== sha256) {
    const removed = await files.remove([String(name)])
    if (removed.error) throw new Error(`remove: ${removed.error.message}`)
  }
  return { sha256: found }
}
