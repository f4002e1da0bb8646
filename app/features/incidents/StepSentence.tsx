import { t } from '../../kernel/i18n/index.ts'
import { me } from '../../kernel/me.ts'

interface Done {
  kind: string
  actor_id: string
  actor_name: string | null
  assignee_id: string | null
  assignee_name: string | null
}

/** Who did what: « Vous avez répondu », « Claire Vidal a confié à Nadia Ferrand ». */
export function StepSentence(props: { step: Done }) {
  const mine = () => props.step.actor_id === me()
  const kind = () => (props.step.kind === 'assign' && props.step.assignee_id === props.step.actor_id ? 'take' : props.step.kind) as 'take'
  const did = () => t(mine() ? `incident.didMe.${kind()}` : `incident.did.${kind()}`, { assignee: props.step.assignee_name ?? '' })
  return (
    <>
      <strong>{mine() ? t('person.me') : (props.step.actor_name ?? t('person.former'))}</strong> <span class="quiet">{did()}</span>
    </>
  )
}
