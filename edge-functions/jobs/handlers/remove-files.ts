/** What the removal needs of the worker. */
interface Hand {
  supabase: { storage: { from(bucket: string): Files } }
  signal: AbortSignal
}

interface Files {
  list(path: string, options: { limit: number }): PromiseLike<{ data: { name: string }[] | null; error: { message: string } | null }>
  remove(names: string[]): PromiseLike<{ data: unknown[] | null; error: { message: string } | null }>
}

/** How many files Storage lists or removes at a time. */
const BATCH = 1000
const COMPANY = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/

/** Removes every file of a company that is no more: `<folder>/<site>/<file>` of a bucket. Answers {removed}. May run again. */
export async function removeFiles({ bucket, folder }: Record<string, unknown>, { supabase, signal }: Hand): Promise<{ removed: number }> {
  // without a name it would be the files of everybody
  if (typeof folder !== 'string' || !COMPANY.test(folder)) throw new Error('The folder must be that of one company.')
  const files = supabase.storage.from(String(bucket))
  const list = async (path: string) => {
    signal.throwIfAborted()
    const { data, error } = await files.list(path, { limit: BATCH })
    if (!data) throw new Error(`list: ${error?.message}`)
    return data
  }
  let removed = 0
  for (let sites = await list(folder); sites.length > 0; sites = await list(folder)) {
    const before = removed
    for (const { name: site } of sites) {
      const names = (await list(`${folder}/${site}`)).map(({ name }) => `${folder}/${site}/${name}`)
      const { data, error } = await files.remove(names)
      if (!data) throw new Error(`remove: ${error?.message}`)
      removed += data.length
    }
    if (removed === before) throw new Error('Storage lists files and removes none.')
  }
  return { removed }
}
