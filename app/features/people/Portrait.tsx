import { createRows } from '../../kernel/data.ts'
import { Face } from '../../kernel/ui/Face.tsx'
import { personDetail } from './data.ts'

/** The portrait of one person, where a screen knows no more than who it is. */
export default function Portrait(props: { id: string; name: string }) {
  const view = createRows(() => (props.id ? personDetail(props.id) : null))
  return <Face kind="people" picture={view.rows()[0]?.portrait} name={props.name} />
}
