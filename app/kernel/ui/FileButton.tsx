import type { IconName } from './icons.tsx'
import { Button } from './parts.tsx'

/** A button that takes a table from this device: CSV or a spreadsheet. */
export function FileButton(props: {
  label: string
  kind?: 'primary' | 'plain'
  icon?: IconName
  field?: boolean
  onFile: (file: File | undefined) => void
}) {
  let input!: HTMLInputElement
  return (
    <>
      <input
        ref={input}
        class="visually-hidden"
        type="file"
        tabIndex={-1}
        aria-label={props.label}
        accept=".csv,.tsv,.txt,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        onChange={(event) => {
          props.onFile(event.currentTarget.files?.[0])
          event.currentTarget.value = ''
        }}
      />
      <Button kind={props.kind} icon={props.icon ?? 'plus'} field={props.field} onClick={() => input.click()}>
        {props.label}
      </Button>
    </>
  )
}
