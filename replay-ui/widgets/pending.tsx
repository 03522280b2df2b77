/** A line that says what is being fetched; it fades in late, so that quick answers do not flicker. */
export function Pending(props: { what: string }) {
  return (
    <p class="pending" role="status">
      {props.what}
    </p>
  )
}
