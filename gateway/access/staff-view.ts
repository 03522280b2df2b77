import type { StaffKeyView, StaffMemberView } from '#shared/api.ts'
import { fingerprint } from './fingerprint.ts'
import type { Staff, StaffKey } from './staff.ts'

/** A staff member as `--json` shows them. */
export function staffView(staff: Staff): StaffMemberView {
  return {
    id: staff.id,
    login: staff.login,
    name: staff.name,
    email: staff.email,
    roles: [...staff.roles],
    from: [...staff.from],
    disabledAt: staff.disabledAt?.toISOString() ?? null,
    totpSince: staff.totpSince?.toISOString() ?? null,
  }
}

/** A public key of a staff member as `--json` shows it. */
export function staffKeyView(key: StaffKey): StaffKeyView {
  return {
    type: key.type,
    fingerprint: fingerprint(key.blob),
    comment: key.comment,
    addedAt: key.addedAt.toISOString(),
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
  }
}
