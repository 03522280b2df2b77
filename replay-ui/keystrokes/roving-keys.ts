import { type Accessor, createEffect, createSignal, on } from 'solid-js'
import type { KeystrokeRow } from './keystroke-rows.ts'

const arrows: Readonly<Record<string, 1 | -1>> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }

/**
 * What the keys of the pane do together. There may be tens of thousands of them, so one handler serves all, one
 * at a time is a tab stop (arrows move between them), and marks are set on the two elements that change.
 */
export function createRovingKeys(pane: {
  readonly current: Accessor<number>
  readonly rows: Accessor<readonly KeystrokeRow[]>
  readonly onJump: (index: number) => void
}) {
  let element: HTMLElement | undefined
  const [focused, setFocused] = createSignal<number>()
  const keyAt = (index: number | undefined) => element?.querySelector<HTMLElement>(`[data-key="${index}"]`) ?? undefined
  const tabStop = () => focused() ?? Math.max(pane.current(), 0)

  createEffect(
    on([pane.current, pane.rows], ([current], before) => {
      keyAt(before?.[0])?.removeAttribute('aria-current')
      const key = keyAt(current)
      key?.setAttribute('aria-current', 'true')
      if (element !== undefined && key !== undefined) keepInView(element, key)
    }),
  )
  createEffect(
    on([tabStop, pane.rows], ([index], before) => {
      keyAt(before?.[0])?.setAttribute('tabindex', '-1')
      keyAt(index)?.setAttribute('tabindex', '0')
    }),
  )

  return {
    setPane: (scrolling: HTMLElement) => (element = scrolling),
    onFocusIn: (event: FocusEvent) => setFocused(indexOf(event.target)),
    onFocusOut: () => setFocused(undefined),
    onClick: (event: MouseEvent) => {
      const index = indexOf(event.target)
      if (index !== undefined) pane.onJump(index)
    },
    onKeyDown: (event: KeyboardEvent) => {
      const [index, by] = [indexOf(event.target), arrows[event.key]]
      if (index === undefined || by === undefined) return
      event.preventDefault()
      keyAt(index + by)?.focus()
    },
  }
}

function indexOf(target: EventTarget | null): number | undefined {
  const key = target instanceof Element ? target.closest<HTMLElement>('[data-key]') : null
  return key === null ? undefined : Number(key.dataset['key'])
}

/** Scrolls the pane alone: `scrollIntoView` would move the page as well. */
function keepInView(pane: HTMLElement, key: HTMLElement): void {
  const [frame, box] = [pane.getBoundingClientRect(), key.getBoundingClientRect()]
  if (box.top >= frame.top && box.bottom <= frame.bottom) return
  pane.scrollTop += box.top - frame.top - frame.height / 3
}
