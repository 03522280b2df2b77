import type { Config } from '../../config.ts'
import { type Finding, ok, warn } from './finding.ts'

/** Whether the signed heads of the log of sessions leave this installation. */
export function examineTreeHeads(config: Config): Finding {
  const check = 'tree heads'
  const places = [
    config.treeHeadFile === undefined ? [] : `the file ${config.treeHeadFile}`,
    config.treeHeadWebhook === undefined ? [] : 'a webhook',
    config.treeHeadCommand === undefined ? [] : 'a command',
  ].flat()
  if (places.length > 0) return ok(check, `published to ${places.join(', ')}`)
  return warn(
    check,
    'kept on this machine and in the database only: whoever has both can put an older state back unseen',
    'set GATEBOOK_TREE_HEAD_FILE, GATEBOOK_TREE_HEAD_WEBHOOK or GATEBOOK_TREE_HEAD_COMMAND',
  )
}
