import { printable } from '#shared/printable.ts'
import type { DossierVerification } from '#shared/seal.ts'
import { GatewayError } from '../../errors.ts'
import { Altered } from '../seal/altered.ts'
import { verificationText, verificationView } from '../seal/verification-view.ts'
import type { KeptHead } from '../seal/verify-log.ts'
import { readHead } from './prove-statements.ts'
import { type IntactDossier, verifyDossier } from './verify-dossier.ts'
import { openZipFile, ZipReader } from './zip-reader.ts'

/**
 * What `gatebook verify FILE.zip` and the one-file verifier say of a dossier: both in the words of this function.
 * `kept` are heads that were kept outside. Throws `bad-input` where the file cannot be read, or none of these heads is
 * the one that the dossier is proven under.
 */
export async function reportOnDossier(
  path: string,
  kept: readonly KeptHead[] | undefined,
): Promise<DossierVerification> {
  await using source = await openZipFile(path)
  try {
    const intact = await verifyDossier(await ZipReader.open(source))
    const isHeadKept = kept !== undefined && isKept(intact, kept)
    const { opening, head, signer } = intact
    return {
      ...verificationView(opening.session, { verdict: 'intact', ...intact }),
      head: { gateway: head.gateway, size: head.size, root: head.root, at: head.at, isKept: isHeadKept },
      firstKey: signer.chain,
      beganAnew: signer.reason ?? null,
    }
  } catch (error) {
    if (!(error instanceof Altered)) throw error
    const view = verificationView('', { verdict: 'altered', alteration: error.alteration })
    return { ...view, session: null, head: null, firstKey: null, beganAnew: null }
  }
}

/** The same for people. */
export function dossierText(path: string, view: DossierVerification): string {
  const first = `${printable(path)}  ${view.session ?? ''}${view.session === null ? '' : '  '}${printable(verificationText(view))}\n`
  if (view.head === null) return first
  const { gateway, size, at, isKept: isHeadKept } = view.head
  const by = `signed ${at} by gateway ${gateway}, whose first key is ${view.firstKey}`
  const anew = view.beganAnew === null ? '' : `; it began anew with that key: ${view.beganAnew}`
  const outside = isHeadKept ? ', and kept outside' : ''
  return `${first}proven under the head of ${size} entries${outside}, ${printable(`${by}${anew}`)}\n`
}

/** Throws `Altered` where another head of this size was kept. */
function isKept({ head }: IntactDossier, kept: readonly KeptHead[]): boolean {
  const others = kept.flatMap(({ statement, keptIn }) => {
    const read = readHead(statement)
    return read === undefined ? [] : [{ ...read, keptIn }]
  })
  const ofSize = others.filter(({ size }) => size === head.size)
  const another = ofSize.find(({ root }) => root !== head.root)
  if (another !== undefined) {
    throw new Altered(`its log of sessions is not that of the tree head of ${another.at} in ${another.keptIn}`)
  }
  if (ofSize.length > 0) return true
  throw new GatewayError(
    'bad-input',
    `none of these tree heads is the one of ${head.size} entries that the archive is proven under`,
    'have it exported with them: gatebook session export ID --format zip --head FILE',
  )
}
