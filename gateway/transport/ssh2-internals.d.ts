/** What we use of ssh2 1.17.0 below its public surface, with our patch (`patches/ssh2+1.17.0.patch`). */
declare module 'ssh2/lib/protocol/Protocol.js' {
  /** A host key as the server role uses it. */
  export interface HostKey {
    readonly type: string
    getPublicSSH(): Buffer
    /** ECDSA signatures in ASN.1 DER; ssh2 converts them. */
    sign(data: Buffer): Buffer
  }
  export interface AlgorithmLists {
    kex: string[]
    serverHostKey: string[]
    cs: { cipher: string[]; mac: string[]; compress: string[]; lang: string[] }
    sc: { cipher: string[]; mac: string[]; compress: string[]; lang: string[] }
  }
  /** One run of a key exchange that ssh2 does not know. */
  export interface KeyExchange {
    readonly hashName: string
    /** A server's is asked for after the secret. */
    getPublicKey(): Buffer
    /** K as the string that is hashed. Throwing ends the connection. */
    computeSecret(otherPublicKey: Buffer): Buffer
  }
  export interface ProtocolConfig {
    server: boolean
    hostKeys?: Record<string, HostKey>
    ident: string
    offer: AlgorithmLists
    /** Ours: methods of key exchange beyond those of ssh2, by name. */
    keyExchanges?: Readonly<Record<string, (isServer: boolean) => KeyExchange>>
    /** Ours: what EXT_INFO says (RFC 8308 §3.1); server role only. */
    serverSigAlgs?: readonly string[]
    onWrite(data: Buffer): void
    onError(error: Error): void
    onHandshakeComplete(): void
    /** Runs after the peer's ident line, before our KEXINIT. */
    onHeader?(header: { readonly versions: { readonly software: string } }): void
    /** Ours: every message above the transport layer; true takes it. */
    onMessage(payload: Buffer): boolean
    hostVerifier?(key: Buffer): boolean
    messageHandlers: {
      SERVICE_REQUEST?(protocol: Protocol, name: string): void
      SERVICE_ACCEPT?(protocol: Protocol, name: string): void
      DISCONNECT?(protocol: Protocol, reason: number, description: string): void
      EXT_INFO?(protocol: Protocol, extensions: readonly { readonly name: string; readonly algs?: string[] }[]): void
    }
  }
  class Protocol {
    constructor(config: ProtocolConfig)
    start(): void
    parse(chunk: Buffer, from: number, to: number): void
    cleanup(): void
    disconnect(reason: number): void
    service(name: string): void
    serviceAccept(name: string): void
    channelData(channel: number, data: Buffer): void
    channelExtData(channel: number, data: Buffer, code: number): void
    /** Defined while keys are exchanged; what is sent meanwhile waits inside. */
    readonly _kexinit: unknown
    /** The number of the packet that comes next (RFC 4253 §6.4). */
    readonly _decipher: { readonly inSeqno: number }
    /** Begins a key exchange, unless one is under way. */
    rekey(): void
    /** Ours: replaces the offer, until KEXINIT is sent. */
    setOffer(offer: AlgorithmLists): void
    /** Ours. */
    sendMessage(payload: Buffer): void
    /** Ours. */
    sessionID(): Buffer | undefined
  }
  export default Protocol
}

declare module 'ssh2/lib/protocol/crypto.js' {
  const crypto: { readonly bindingAvailable: boolean }
  export default crypto
}
