import { t, tOr } from '../../kernel/i18n/index.ts'
import type { IconName } from '../../kernel/ui/icons.tsx'

export const states = ['active', 'inactive', 'suspended', 'archived'] as const
const looks: Record<string, { icon: IconName; tone: 'ok' | 'warn' | 'danger' | '' }> = {
  active: { icon: 'done', tone: 'ok' },
  inactive: { icon: 'circle', tone: '' },
  suspended: { icon: 'stop', tone: 'danger' },
  archived: { icon: 'archive', tone: '' },
}

/** How a state of access looks and reads. */
export const stateLook = (state: string) => ({ ...looks[state]!, label: t(`person.state.${state as 'active'}`) })
/** The name of a role in the language of the screen. */
export const roleName = (role: string) => tOr(`role.${role}`, role)
