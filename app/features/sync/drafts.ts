import { createMemo, type Accessor } from 'solid-js'
import { draftName } from '../../kernel/me.ts'
import { createDrafts, dropDraft } from '../../kernel/ui/drafts.ts'

export type DraftKind = 'incident' | 'site' | 'editSite' | 'person' | 'people' | 'answer' | 'photos'

/** Something typed and not sent: what it is, where it goes on, and the words to know it by. */
export interface Draft {
  kind: DraftKind
  href: string
  about: string
  /** What keeps it on this device: the names of its parts. */
  parts: string[]
}

/** The pictures picked for a report lie beside its words. */
const PHOTOS = 'incident photos'

type Texts = Record<string, string | undefined>

const readers: [RegExp, (id: string, values: Texts) => Omit<Draft, 'parts'>][] = [
  [
    /^incident$/,
    (_, values) => ({ kind: 'incident', href: '/incidents/new', about: values['title'] || values['item'] || values['description'] || '' }),
  ],
  [/^answer:(.+)$/, (id, values) => ({ kind: 'answer', href: `/incidents/${id}`, about: values['body'] ?? '' })],
  [/^photos:(.+)$/, (id) => ({ kind: 'photos', href: `/incidents/${id}`, about: '' })],
  [/^site$/, (_, values) => ({ kind: 'site', href: '/sites/new', about: values['name'] ?? '' })],
  [/^site:(.+)$/, (id, values) => ({ kind: 'editSite', href: `/sites/${id}/edit`, about: values['name'] ?? '' })],
  [/^invitation$/, (_, values) => ({ kind: 'person', href: '/people/invite', about: values['full_name'] || values['email'] || '' })],
]

/** What this person began in this company and did not send, on this device. */
export function createOwnDrafts(): Accessor<Draft[]> {
  const kept = createDrafts(() => draftName(''))
  return createMemo(() => {
    const drafts = kept().flatMap(({ what, values }) =>
      readers.flatMap(([name, read]) => {
        const found = name.exec(what)
        if (!found) return []
        const draft = read(found[1] ?? '', (values ?? {}) as Texts)
        return [{ ...draft, parts: draft.kind === 'incident' ? [what, PHOTOS] : [what] }]
      }),
    )
    const list = kept().find(({ what }) => what === 'bulk invitation')?.values as { rows?: unknown[]; lines?: { sent?: boolean }[] } | undefined
    if (list?.rows?.length && !(list.lines?.length && list.lines.every((line) => line.sent)))
      drafts.push({ kind: 'people', href: '/people/import', about: '', parts: ['bulk invitation'] })
    // Photos picked for a report of which no word was typed yet.
    const photos = kept().find(({ what }) => what === PHOTOS)?.values
    if (Array.isArray(photos) && photos.length > 0 && !drafts.some(({ kind }) => kind === 'incident'))
      drafts.push({ kind: 'incident', href: '/incidents/new', about: '', parts: [PHOTOS] })
    return drafts
  })
}

/** Throws a draft away, with its pictures; resolves when this device has forgotten it. */
export async function discardDraft({ parts }: Draft): Promise<void> {
  for (const part of parts) await dropDraft(draftName(part))
}
