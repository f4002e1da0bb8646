import { list } from '../../kernel/i18n/format.ts'
import { t } from '../../kernel/i18n/index.ts'
import { me } from '../../kernel/me.ts'
import { Badge, WriteState } from '../../kernel/ui/parts.tsx'
import type { Column } from '../../kernel/ui/table/columns.ts'
import type { PersonItem } from './data.ts'
import { roleName, stateLook } from './labels.ts'

/** The columns of the table of people. */
export const personColumns = (): Column<PersonItem>[] => [
  { key: 'name', label: t('field.full_name'), value: (person) => person.full_name, always: true, width: 'minmax(11rem, 1.3fr)' },
  { key: 'job', label: t('field.job'), value: (person) => person.job, width: 'minmax(9.5rem, 1.2fr)' },
  { key: 'department', label: t('field.department'), value: (person) => person.department, optional: true, width: 'minmax(8rem, 1fr)' },
  { key: 'roles', label: t('field.roles'), value: (person) => list(person.roles.map(roleName)), width: 'minmax(9rem, 1.2fr)' },
  { key: 'email', label: t('field.email'), value: (person) => person.email, kind: 'quiet', width: 'minmax(11rem, 1.9fr)' },
  { key: 'phone', label: t('field.phone'), value: (person) => person.phone, kind: 'quiet', width: '8.5rem' },
  { key: 'sites', label: t('nav.sites'), value: (person) => person.sites, kind: 'number', descending: true, width: '6.5rem' },
  {
    key: 'state',
    label: t('field.state'),
    value: (person) => stateLook(person.state).label,
    width: '7.5rem',
    cell: (person) => (
      <span class="row">
        <Badge icon={stateLook(person().state).icon} tone={stateLook(person().state).tone}>
          {stateLook(person().state).label}
        </Badge>
        <WriteState row={person().id} />
      </span>
    ),
  },
]

/** A name, marked when it is one's own. */
export const personTitle = (person: PersonItem) => (person.id === me() ? `${person.full_name} ${t('person.you')}` : person.full_name)
