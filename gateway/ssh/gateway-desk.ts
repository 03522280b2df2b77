import assert from 'node:assert/strict'
import type { AccessSource } from '../access/decision.ts'
import { parseFullTargetName } from '../access/names.ts'
import type { ContractStore } from '../billing/contract.ts'
import type { Clock } from '../clock.ts'
import type { SessionStore } from '../session/session.ts'
import type { ChannelOffer } from '../transport/channels.ts'
import { parseDestination, type TargetDestination } from './destination.ts'
import { answerOn } from './gateway-channel.ts'
import { HandOver } from './hand-over.ts'
import { HeldChannel, type ChannelHolder } from './held-channel.ts'
import { Menu } from './menu/menu.ts'
import { menuRows } from './menu/menu-list.ts'
import { openMenu, type MenuState } from './menu/menu-state.ts'
import type { ServiceCommands } from './service/service-commands.ts'
import { TargetSession, type TargetSessionOwner, type TargetSessionParts } from './target-session.ts'

const EXIT_BY_GATEWAY = 255
/** As of the command `gatebook`. */
const WRONG_USAGE = 2
const NO_TERMINAL = 'the menu needs a terminal: use ssh -t; or the command help, which lists what needs none'

export interface GatewayDeskParts extends TargetSessionParts {
  readonly services: ServiceCommands
  readonly access: Pick<AccessSource, 'grantedFacts'>
  readonly sessionStore: Pick<SessionStore, 'setPurpose' | 'lastByTarget'>
  readonly contracts: Pick<ContractStore, 'list'>
  readonly clock: Clock
}

/** Whose connection it is. */
export type GatewayGuest = Pick<TargetSessionOwner, 'staff' | 'sourceAddress' | 'ownKey' | 'goodUntil' | 'openChannel'>

/** What the gateway itself does on the channels of one connection: service commands, the menu, and the way on from there. */
export class GatewayDesk {
  readonly #parts: GatewayDeskParts
  readonly #who: GatewayGuest
  readonly #menus = new Set<Menu>()
  /** What was chosen in a menu. */
  readonly #sessions = new Set<TargetSession>()

  constructor(parts: GatewayDeskParts, who: GatewayGuest) {
    this.#parts = parts
    this.#who = who
  }

  /** Takes a session channel that no target takes; `typed` is what the user name, or the host inside `-J`, said. */
  serve(offer: ChannelOffer, typed: string, meant: 'a target' | 'the gateway'): void {
    // Whoever sends his own login, as ssh does by itself, has named no target.
    const asked = typed === this.#who.staff.login ? 'the gateway' : meant
    new HeldChannel(offer, (channel, command) => this.#begin(channel, command, { typed, meant: asked }))
  }

  /** Ends every menu and question with a reason, and gives its terminal back. */
  end(reason: string): void {
    for (const session of this.#sessions) session.dismiss(reason)
    for (const menu of this.#menus) menu.end(reason)
  }

  #begin(
    channel: HeldChannel,
    command: string,
    { typed, meant }: { typed: string; meant: 'a target' | 'the gateway' },
  ): ChannelHolder {
    const { services, targetAccess } = this.#parts
    const { staff } = this.#who
    const [word, ...rest] = command.split(/\s+/).filter((each) => each !== '')
    if (word === 'connect') return this.#connect(channel, rest.join(' '))
    if (services.knows(command)) {
      const width = channel.asked.hasTerminal ? channel.asked.terminal.columns : undefined
      return answerOn(channel, services.answer({ staff, width }, command))
    }
    if (word === undefined && channel.asked.hasTerminal) return this.#openMenu(channel, typed)
    if (word === undefined && typed === staff.login) return this.#refused(channel, NO_TERMINAL)
    const isCommand = word !== undefined && meant === 'the gateway'
    const instead = isCommand ? services.noCommand(command) : undefined
    return answerOn(channel, targetAccess.suggest(staff.id, typed, instead))
  }

  /** `ssh -t bastion connect web1.acme`: as if that had been the user name. */
  #connect(channel: HeldChannel, name: string): ChannelHolder {
    const destination = parseDestination(name)
    if (destination.kind !== 'target') {
      return this.#refused(channel, 'connect takes the name of a target: connect web1.acme', WRONG_USAGE)
    }
    if (!channel.asked.hasTerminal) return this.#refused(channel, 'connect needs a terminal: use ssh -t')
    const refused = (why: string): void => channel.holdBy(this.#refused(channel, why))
    return this.#handOver(channel, destination, Buffer.alloc(0), refused)
  }

  #refused(channel: HeldChannel, why: string, exitStatus = EXIT_BY_GATEWAY): ChannelHolder {
    return answerOn(channel, Promise.resolve({ output: '', errors: [why], exitStatus }))
  }

  #openMenu(channel: HeldChannel, typed: string): ChannelHolder {
    const menu: Menu = new Menu(channel, {
      who: this.#who.staff.login,
      now: () => this.#parts.clock.now(),
      log: this.#parts.log,
      load: () => this.#load(typed),
      connect: (row, ahead, refused) => {
        const target = parseFullTargetName(row.target)
        assert(target !== undefined)
        return this.#handOver(channel, { kind: 'target', target, login: undefined }, ahead, refused)
      },
      shown: (isShown) => (isShown ? this.#menus.add(menu) : this.#menus.delete(menu)),
    })
    return menu
  }

  async #load(typed: string): Promise<MenuState> {
    const { access, sessionStore, contracts: agreed, clock } = this.#parts
    const { id, login } = this.#who.staff
    const [facts, lastSessions, contracts] = await Promise.all([
      access.grantedFacts(id),
      sessionStore.lastByTarget(id),
      agreed.list(),
    ])
    return openMenu(menuRows(facts, { lastSessions, contracts, now: clock.now() }), typed === login ? '' : typed)
  }

  #handOver(
    channel: HeldChannel,
    destination: TargetDestination,
    ahead: Buffer,
    refused: (why: string) => void,
  ): ChannelHolder {
    const over = (): void => {
      this.#sessions.delete(session)
      session.closed('closed')
    }
    const session = new TargetSession(this.#parts, {
      ...this.#who,
      destination,
      // It ends with its one channel; others of the connection may be at work on other targets.
      idle: over,
      disconnect: (reason) => session.closed(reason),
      // Whoever opens its channel hears that there.
      refuse: () => {},
    })
    this.#sessions.add(session)
    return new HandOver(channel, { session, ahead, refused, over })
  }
}
