import { texts } from '../texts.ts'

/** The mark of a session that is running now. */
export function LiveMark() {
  return <span class="live-mark">{texts.live}</span>
}
