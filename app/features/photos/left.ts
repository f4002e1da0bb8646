import { toAppError } from '../../kernel/errors.ts'
import { t } from '../../kernel/i18n/index.ts'
import { draftName } from '../../kernel/me.ts'
import { announce } from '../../kernel/ui/dialogs.tsx'
import { dropDraft, keepDraft, readDraft } from '../../kernel/ui/drafts.ts'
import { explain } from '../../kernel/ui/explain.ts'
import { addFile, type Target } from './capture.ts'
import type { Picked } from './PickPhotos.tsx'

/** Pictures of a report that is sent, which this device could not keep (full, or unreadable): their originals wait beside the incident. */
export interface Left {
  target: Target & { incident_id: string }
  picked: Picked[]
}

const nameOf = (incidentId: string) => draftName(`photos:${incidentId}`)

/** The pictures that an incident still lacks, by this device. */
export const readLeft = (incidentId: string): Promise<Left | undefined> => readDraft<Left>(nameOf(incidentId))
/** Throws those pictures away. */
export const dropLeft = (incidentId: string): Promise<unknown> => dropDraft(nameOf(incidentId))

/**
 * Puts the pictures of a report into the queue. One that cannot be kept is told with its reason, does not hold the others, and is set aside as
 * it came. Answers those that could not even be set aside.
 */
export async function addPicked({ target, picked }: Left): Promise<Picked[]> {
  const left: Picked[] = []
  for (const each of picked) {
    await addFile(each.file, target, each.place).catch((error: unknown) => {
      if (toAppError(error).code === 'TAKEN') return announce(t('photo.knownHint'), 'copy')
      left.push(each)
      announce(explain(error), 'alert')
    })
  }
  const aside = left.length ? keepDraft(nameOf(target.incident_id), { target, picked: left } satisfies Left) : dropLeft(target.incident_id)
  return aside.then(
    () => [],
    () => left,
  )
}
