/** Message numbers of RFC 4250 §4.1 that we read or write ourselves. */
export const message = {
  disconnect: 1,
  unimplemented: 3,
  userauthRequest: 50,
  userauthFailure: 51,
  userauthSuccess: 52,
  userauthBanner: 53,
  /** SSH_MSG_USERAUTH_PK_OK, and SSH_MSG_USERAUTH_INFO_REQUEST of RFC 4256: the method tells them apart. */
  userauthMethod60: 60,
  userauthInfoResponse: 61,
  globalRequest: 80,
  requestSuccess: 81,
  requestFailure: 82,
  channelOpen: 90,
  channelOpenConfirmation: 91,
  channelOpenFailure: 92,
  channelWindowAdjust: 93,
  channelData: 94,
  channelExtendedData: 95,
  channelEof: 96,
  channelClose: 97,
  channelRequest: 98,
  channelSuccess: 99,
  channelFailure: 100,
} as const

/** RFC 4253 §11.1. */
export const disconnectReason = {
  protocolError: 2,
  serviceNotAvailable: 7,
  byApplication: 11,
  noMoreAuthMethods: 14,
} as const

/** RFC 4254 §5.1. */
export const openFailure = { prohibited: 1, connectFailed: 2, unknownType: 3, resourceShortage: 4 } as const

/** RFC 4254 §5.2, the only extended data type there is. */
export const STDERR = 1
