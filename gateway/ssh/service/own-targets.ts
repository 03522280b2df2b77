import { decide, type AccessFacts, type AccessSource } from '../../access/decision.ts'
import { isListed } from '../../access/is-listed.ts'
import { fullTargetName } from '../../access/names.ts'
import type { Clock } from '../../clock.ts'
import { jsonText } from '../../printing/json-text.ts'
import type { ServiceCommand } from './service-command.ts'

export interface OwnTargetsParts {
  readonly access: Pick<AccessSource, 'grantedFacts'>
  readonly clock: Clock
}

/** What somebody without any grant reads. */
export const NO_TARGETS = 'no grant lets you work on a server now; ask an administrator of the gateway'

/** The targets that grants of this person allow, by client and name, whatever has become of the support key. */
export async function ownTargets({ access, clock }: OwnTargetsParts, staffId: string): Promise<readonly AccessFacts[]> {
  return (await access.grantedFacts(staffId)).filter((facts) => isListed(facts, clock.now()))
}

/** `ssh bastion targets` */
export function targetsCommand(parts: OwnTargetsParts): ServiceCommand {
  return {
    name: 'targets',
    purpose: 'the servers you can work on',
    takes: ['json'],
    async answer({ staff }, { json }) {
      const rows = (await ownTargets(parts, staff.id)).map((facts) => {
        const { login, logins } = facts.target
        const open = decide(facts, { login, sourceAddress: undefined }, parts.clock.now()).verdict === 'allow'
        return { target: fullTargetName(facts.target), login, logins, open }
      })
      if (json) return { output: jsonText(rows) }
      if (rows.length === 0) return { output: '', notes: [NO_TARGETS] }
      const width = Math.max(...rows.map((row) => row.target.length)) + 2
      const lines = rows.map(({ target, login, open }) => {
        return `${target.padEnd(width)}${login}${open ? '' : '  (the support key is not active)'}\n`
      })
      return { output: lines.join('') }
    },
  }
}
