import type { Edit } from '#test/harness/openssh-suite.ts'

/** A script that runs through the gateway. */
export interface Run {
  readonly edits: readonly Edit[]
  /** Completes "runs, but …": what the edits are for. */
  readonly but?: string
  /** What goes through the connection is the same by `ssh -J`: run without it, for it takes long. */
  readonly plainOnly?: boolean
}

/** A script that makes no sense through a gateway, and why. */
export interface LeftOut {
  readonly leftOut: string
}

const whole: Run = { edits: [] }
const files: Run = { edits: [], plainOnly: true }

const alone: LeftOut = { leftOut: 'one program alone, no connection' }
const agent: LeftOut = { leftOut: 'ssh-agent; its forwarding is in forwarding.test.ts' }
const signIn: LeftOut = { leftOut: 'keys that sign in to sshd; here the support key does, and staff sign in to us' }
const hostKeys: LeftOut = { leftOut: "sshd's host keys as the client knows them; here it sees ours alone" }
const server: LeftOut = { leftOut: 'sshd itself: its start, its configuration, its limits before the sign-in' }
const client: LeftOut = { leftOut: 'what the client makes of its own options' }
const algorithms: LeftOut = { leftOut: 'algorithms that we do not offer' }
const permission: LeftOut = { leftOut: 'what sshd lets be forwarded, by options of its keys' }
const otherClient: LeftOut = { leftOut: 'another client, which the suite connects to a ProxyCommand of its own' }
const part: LeftOut = { leftOut: 'a part of the suite, no test' }

/** The suite's variables have names that we do not let pass; these pass (channel-requests.ts). */
const variables: readonly Edit[] = [{ from: /_XXX_TEST(_|\b)/g, to: 'LC_XXX' }]
/** Several of it run at the same time. */
const ownPorts: Edit = { from: /^base=33$/m, to: 'base=${TEST_SSH_PORT%??}' }
const fiveSeconds: Edit = { from: /for s in 5 10; do/g, to: 'for s in 5; do' }

/** Every script of OpenSSH's regression suite, of 9.2 and what later releases added. */
export const scripts: Readonly<Record<string, Run | LeftOut>> = {
  addrmatch: alone,
  agent,
  'agent-getpeereid': agent,
  'agent-pkcs11': agent,
  'agent-pkcs11-cert': agent,
  'agent-pkcs11-restrict': agent,
  'agent-ptrace': agent,
  'agent-restrict': agent,
  'agent-subprocess': agent,
  'agent-timeout': agent,
  'allow-deny-users': signIn,
  authinfo: signIn,
  banner: { leftOut: "sshd's banner before the sign-in; here staff have signed in to us by then" },
  'broken-pipe': {
    edits: [{ from: /ssh_config_config/, to: 'ssh_proxy' }],
    but: 'names a configuration that exists',
  },
  brokenkeys: signIn,
  'cert-file': signIn,
  'cert-hostkey': hostKeys,
  'cert-userkey': signIn,
  cfginclude: alone,
  cfgmatch: permission,
  cfgmatchlisten: server,
  cfgparse: alone,
  'channel-timeout': whole,
  'cipher-speed': { leftOut: 'measures, for every cipher; our measure is npm run bench' },
  'conch-ciphers': otherClient,
  connect: whole,
  'connect-bigconf': server,
  'connect-privsep': server,
  'connect-uri': whole,
  'connection-timeout': { leftOut: "sshd leaving an idle client; here the client's connection is to us" },
  dhgex: algorithms,
  'dropbear-ciphers': otherClient,
  'dropbear-kex': otherClient,
  'dropbear-server': { leftOut: "the client against Dropbear's server" },
  'dynamic-forward': whole,
  envpass: { edits: variables, but: 'its variables are called LC_XXX…' },
  'exit-status': whole,
  'exit-status-signal': whole,
  forcecommand: signIn,
  'forward-control': permission,
  forwarding: { edits: [ownPorts], but: 'listens on ports of its own' },
  'host-expand': client,
  hostbased: signIn,
  'hostkey-agent': hostKeys,
  'hostkey-rotate': hostKeys,
  integrity: { leftOut: 'bits that flip between sshd and the client; two connections lie between here' },
  kextype: whole,
  'key-options': signIn,
  'keygen-change': alone,
  'keygen-comment': alone,
  'keygen-convert': alone,
  'keygen-knownhosts': alone,
  'keygen-moduli': alone,
  'keygen-sshfp': alone,
  'keys-command': signIn,
  keyscan: hostKeys,
  keytype: signIn,
  knownhosts: hostKeys,
  'knownhosts-command': hostKeys,
  krl: alone,
  'limit-keytype': signIn,
  localcommand: client,
  'login-timeout': server,
  'match-subsystem': server,
  multiplex: {
    edits: [...variables, { from: /^P=3301\b/m, to: 'P=$((PORT + 3))' }],
    but: 'listens on a port of its own, and its variables are called LC_XXX',
  },
  multipubkey: signIn,
  penalty: server,
  'penalty-expire': server,
  percent: client,
  portnum: client,
  'principals-command': signIn,
  'proto-mismatch': server,
  'proto-version': server,
  'proxy-connect': {
    leftOut: 'that sshd knows no address behind a ProxyCommand, and compression, which we refuse: offer.test.ts',
  },
  proxyjump: { leftOut: 'ssh -J through two sshd' },
  'putty-ciphers': otherClient,
  'putty-kex': otherClient,
  'putty-transfer': otherClient,
  reconfigure: server,
  reexec: server,
  rekey: {
    edits: [
      fiveSeconds,
      {
        from: /^for s in 16 1k 128k 256k; do\n\s*verbose "server rekeylimit/m,
        to: 'LOG=${TEST_SSHD_LOGFILE}\n$&',
      },
    ],
    but: 'counts the new keys of sshd in its log, for its connection is ours, and waits for 5 seconds, not for 10 too',
  },
  scp: files,
  'scp-ssh-wrapper': part,
  'scp-uri': files,
  scp3: whole,
  servcfginclude: alone,
  sftp: {
    edits: [{ from: /BUFFERSIZE="5 /, to: 'BUFFERSIZE="250 ' }],
    but: 'asks for 250 bytes at a time, not for 5: a hundred thousand requests',
    plainOnly: true,
  },
  'sftp-badcmds': files,
  'sftp-batch': whole,
  'sftp-chroot': whole,
  'sftp-cmds': files,
  'sftp-glob': files,
  'sftp-perm': files,
  'sftp-resume': files,
  'sftp-uri': whole,
  'ssh-com': otherClient,
  'ssh-com-client': otherClient,
  'ssh-com-keygen': otherClient,
  'ssh-com-sftp': otherClient,
  'ssh-pkcs11': agent,
  'ssh-tty': { leftOut: 'one terminal, by tmux; terminal.test.ts has it' },
  ssh2putty: part,
  sshcfgparse: alone,
  'sshd-log-wrapper': part,
  'sshfp-connect': hostKeys,
  sshsig: alone,
  'stderr-after-eof': whole,
  'stderr-data': whole,
  'test-exec': part,
  transfer: whole,
  'try-ciphers': whole,
  'valgrind-unit': part,
  'yes-head': whole,
}
