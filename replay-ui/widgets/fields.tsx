import { createUniqueId, type JSX } from 'solid-js'

interface FieldProps {
  label: string
  value: string
  onChange: (value: string) => void
}

/** A name or a part of one. */
export function NameField(props: FieldProps) {
  return (
    <Field label={props.label}>
      {(id) => (
        <input
          id={id}
          type="search"
          spellcheck={false}
          autocapitalize="off"
          value={props.value}
          onChange={(event) => props.onChange(event.currentTarget.value.trim())}
        />
      )}
    </Field>
  )
}

/** A day such as `2026-11-23`, or nothing. */
export function DayField(props: FieldProps) {
  return (
    <Field label={props.label}>
      {(id) => (
        <input
          id={id}
          type="date"
          value={props.value}
          onChange={(event) => props.onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  )
}

/** A label over what it names. */
export function Field(props: { label: string; children: (id: string) => JSX.Element }) {
  const id = createUniqueId()
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      {props.children(id)}
    </div>
  )
}
