import { forwardingText, type Forwarding } from '../access/forwarding.ts'
import { placeOf, type ForwardWish } from './forward-wish.ts'

/** Characters; what is longer is nobody's honest destination, or a policy nobody reads in an error message. */
const SHOWN_MAX = 100

/** Why something is not forwarded, and what an administrator of the gateway can do about it. */
export function explainForwarding(target: string, allowed: Forwarding, wish: ForwardWish): string {
  const { what, word } = words(wish)
  const now = forwardingText(allowed)
  const kept = now === 'none' ? '' : `${shown(now)},`
  return `${what} is not allowed on ${target}; an administrator allows it with: gatebook target set ${target} --forward ${kept}${word}`
}

/** Why something that the policy allows does not come about: the target says no, in its own words or none. */
export function explainRefusal(target: string, wish: ForwardWish, said: string): string {
  const client = target.slice(target.indexOf('.') + 1)
  const own = said === '' ? '' : ` (${shown(said)})`
  return `${words(wish).what} is refused by ${target} itself${own}: its sshd_config must allow it, and the line in authorized_keys, which gatebook key show ${client} prints`
}

function words(wish: ForwardWish): { what: string; word: string } {
  const place = shown(placeOf(wish))
  switch (wish.way) {
    case 'local':
      return { what: `forwarding to ${place}`, word: place.toLowerCase() }
    case 'local-socket':
      return { what: `forwarding to the socket ${place}`, word: 'streamlocal' }
    case 'listen':
    case 'remote':
      return { what: `forwarding from ${place} on the target`, word: 'remote' }
    case 'listen-socket':
    case 'remote-socket':
      return { what: `forwarding from the socket ${place} on the target`, word: 'remote,streamlocal' }
    case 'agent':
      return { what: 'forwarding of the agent', word: 'agent' }
    case 'x11':
      return { what: 'forwarding of the display', word: 'x11' }
  }
}

/** One line, whatever somebody wrote. */
function shown(text: string): string {
  const line = text.replaceAll(/\p{Cc}/gu, '?')
  return line.length <= SHOWN_MAX ? line : `${line.slice(0, SHOWN_MAX)}…`
}
