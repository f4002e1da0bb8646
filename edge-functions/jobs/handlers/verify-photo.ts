/** What the check of a photo needs of Storage, with the secret key. */
interface Files {
  from(bucket: string): {
    download(name: string): PromiseLike<{ data: Blob | null; error: { message: string } | null }>
    info(name: string): PromiseLike<{ data: { version?: string } | null; error: { message: string } | null }>
    remove(names: string[]): PromiseLike<{ error: { message: string } | null }>
  }
}

/** The words by which Storage says that there is no such file. */
const ABSENT = /not.?found|NoSuchKey|does not exist/i

/** What the check needs of the worker. */
interface Hand {
  supabase: { storage: Files }
  signal: AbortSignal
  hold: () => Promise<unknown>
}

/**
 * Reads a photo's file again and answers the hash of what Storage really holds: {sha256}, null when it holds none. A file with another hash
 * is taken away, so that its phone can send it again under the same name: after a second look, and only while the job is surely ours, since
 * the file may have been sent again by the time a slow worker gets to it. May run again.
 */
export async function verifyPhoto(
  { bucket, name, sha256 }: Record<string, unknown>,
  { supabase, signal, hold }: Hand,
): Promise<{ sha256: string | null }> {
  const files = supabase.storage.from(String(bucket))
  const path = String(name)
  if ((await hashOf(files, path)) === sha256) return { sha256: String(sha256) }
  const version = await versionOf(files, path)
  const found = await hashOf(files, path)
  if (found === null || found === sha256) return { sha256: found }
  signal.throwIfAborted()
  if (!(await hold())) return { sha256: found } // settled, or confirmed anew: that is another job's
  if ((await versionOf(files, path)) !== version) throw new Error('The file was replaced while it was checked.')
  const removed = await files.remove([path])
  if (removed.error) throw new Error(`remove: ${removed.error.message}`)
  return { sha256: found }
}

/** The SHA-256 of a file, in hex; null when there is none. */
async function hashOf(files: ReturnType<Files['from']>, name: string): Promise<string | null> {
  const { data, error } = await files.download(name)
  if (!data) return absent('download', error)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await data.arrayBuffer()))
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Which content a name stands for; null when there is none. */
async function versionOf(files: ReturnType<Files['from']>, name: string): Promise<string | null> {
  const { data, error } = await files.info(name)
  return data?.version ?? absent('info', error)
}

/** Null when the error says that there is no such file. @throws any other */
function absent(what: string, error: { message: string } | null): null {
  // an answer without words is a body that was no JSON: look at the error itself
  const said = `${error?.message} ${JSON.stringify(error)}`
  if (ABSENT.test(said)) return null
  throw new Error(`${what}: ${said}`)
}
