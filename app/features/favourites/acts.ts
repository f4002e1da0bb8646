import { newId, run } from '../../kernel/data.ts'
import { t } from '../../kernel/i18n/index.ts'
import { announce } from '../../kernel/ui/dialogs.tsx'
import { explain } from '../../kernel/ui/explain.ts'
import type { Favourite } from './data.ts'

/** Says how it went; false when it was refused. */
async function attempt(work: Promise<unknown>, said?: string): Promise<boolean> {
  try {
    await work
    if (said) announce(said)
    return true
  } catch (error) {
    announce(explain(error), 'alert')
    return false
  }
}

/** Keeps an address at hand. */
export const keep = (href: string, label: string) =>
  attempt(run('keep_favourite', { id: newId(), href, label: label.slice(0, 120) }), t('favourite.kept', { label }))

/** Lets go of one. */
export const drop = ({ href, label }: Pick<Favourite, 'href' | 'label'>) =>
  attempt(run('drop_favourite', { href }), t('favourite.dropped', { label }))

/** Moves one to a place among all, counted from 0: half-way between its new neighbours. */
export function moveTo(all: Favourite[], favourite: Favourite, at: number): Promise<boolean> {
  const others = all.filter((each) => each !== favourite)
  const before = others[at - 1]?.place
  const after = others[at]?.place
  if (before === undefined && after === undefined) return Promise.resolve(true)
  const place = before === undefined ? after! - 1 : after === undefined ? before + 1 : (before + after) / 2
  return attempt(run('move_favourite', { href: favourite.href, place }))
}

/** Moves one by a step among all. */
export const move = (all: Favourite[], favourite: Favourite, step: -1 | 1) => moveTo(all, favourite, all.indexOf(favourite) + step)
