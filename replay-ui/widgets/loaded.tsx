import { type JSX, Match, type Resource, Switch } from 'solid-js'
import { texts } from '../texts.ts'
import { Failure } from './failure.tsx'
import { Pending } from './pending.tsx'

/** Shows a resource once it is there, keeps showing it while it is fetched anew, and says what went wrong. */
export function Loaded<Value>(props: {
  resource: Resource<Value>
  onRetry: () => void
  children: (value: () => NonNullable<Value>) => JSX.Element
}) {
  const ready = () => (isReady(props.resource) ? props.resource.latest : undefined)
  return (
    <Switch fallback={<Pending what={texts.loading} />}>
      <Match when={props.resource.state === 'errored'}>
        <Failure of={props.resource.error} onRetry={props.onRetry} />
      </Match>
      <Match when={ready()}>{(value) => props.children(value as () => NonNullable<Value>)}</Match>
    </Switch>
  )
}

/** Reading a resource in any other state would suspend the whole screen, or throw. */
export function isReady(resource: Resource<unknown>): boolean {
  return resource.state === 'ready' || resource.state === 'refreshing'
}
