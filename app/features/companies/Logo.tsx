import { session } from '../../kernel/session.ts'
import { Face } from '../../kernel/ui/Face.tsx'

/** The logo of the active company. */
export default function Logo() {
  return <Face kind="logo" picture={session.company()?.logo} name={session.company()?.company_name ?? ''} />
}
