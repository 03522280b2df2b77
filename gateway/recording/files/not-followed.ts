/** The bytes of a channel cannot be followed any further: the list of its files ends here, the channel goes on. */
export class NotFollowed extends Error {
  override readonly name = 'NotFollowed'
}
