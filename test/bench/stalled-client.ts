import { message } from '#gateway/transport/message.ts'
import { string } from '#gateway/transport/wire.ts'
import { askForSession, channelRequest, confirmed, signedInClient } from '#test/harness/raw-client.ts'
import type { RawPeer } from '#test/harness/raw-peer.ts'
import type { TestKey } from '#test/harness/test-key.ts'
import { TARGET } from './bench-gateway.ts'

/** RFC 4254 §5.2: the most that a window can be. OpenSSH's client never offers so much. */
const HUGE = 2 ** 32 - 1

/** A client that lets the target send 4 GiB, and stops reading its socket once the output has begun. */
export async function stalledClient(
  { sshPort, staffKey }: { readonly sshPort: number; readonly staffKey: TestKey },
  command: string,
): Promise<RawPeer> {
  const client = await signedInClient(sshPort, TARGET, staffKey)
  askForSession(client, { window: HUGE })
  client.send(channelRequest(await confirmed(client), 'exec', false, string(command)))
  await client.next(message.channelData)
  client.socket.pause()
  return client
}
