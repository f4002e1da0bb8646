import { changed } from '../../kernel/changes.ts'
import { run } from '../../kernel/data.ts'
import type { MembershipRow } from '../../kernel/generated/tables.ts'
import { t } from '../../kernel/i18n/index.ts'
import { FormNotes, TextField } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { PictureField } from '../../kernel/ui/PictureField.tsx'
import { Button } from '../../kernel/ui/parts.tsx'
import { Sheet } from '../../kernel/ui/Sheet.tsx'

/** Portrait, name, job, department and phone. */
export function CardSheet(props: { person: MembershipRow; onClose: () => void }) {
  const { person } = props
  const form = createForm({
    initial: {
      full_name: person.full_name,
      job: person.job ?? '',
      phone: person.phone ?? '',
      department: person.department ?? '',
      portrait: person.portrait,
    },
    required: () => ['full_name'],
    async send({ full_name, job, phone, department, portrait }) {
      const edit = changed(
        { full_name: person.full_name, job: person.job, phone: person.phone, department: person.department, portrait: person.portrait },
        { full_name: full_name.trim(), job: job.trim() || null, phone: phone.trim() || null, department: department.trim() || null, portrait },
      )
      if (edit) await run('update_member', { id: person.id, ...edit })
      props.onClose()
    },
  })
  return (
    <Sheet title={t('person.card')} onClose={props.onClose}>
      <form class="form" noValidate onSubmit={form.submit}>
        <FormNotes form={form} />
        <PictureField
          kind="people"
          name={form.values.full_name}
          label={t('picture.portrait')}
          hint={t('picture.portraitHint')}
          value={form.values.portrait}
          onChange={(portrait) => form.set('portrait', portrait)}
        />
        <TextField form={form} name="full_name" label={t('field.full_name')} autocomplete="name" maxlength={120} />
        <TextField form={form} name="job" label={t('field.job')} autocomplete="organization-title" maxlength={120} />
        <TextField form={form} name="department" label={t('field.department')} maxlength={120} />
        <TextField form={form} name="phone" type="tel" label={t('field.phone')} autocomplete="tel" maxlength={30} />
        <div class="sheet-actions">
          <Button onClick={props.onClose}>{t('action.cancel')}</Button>
          <Button kind="primary" type="submit" busy={form.busy()}>
            {t('action.save')}
          </Button>
        </div>
      </form>
    </Sheet>
  )
}
