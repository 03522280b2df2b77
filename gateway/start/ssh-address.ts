import type { Config } from '../config.ts'

/** What a person types after `ssh` to reach the gateway with a user name; none where it is empty. */
export function sshAddress({ publicSsh }: Pick<Config, 'publicSsh'>, userName: string): string {
  const port = publicSsh.port === 22 ? '' : `-p ${publicSsh.port} `
  return `${port}${userName === '' ? '' : `${userName}@`}${publicSsh.host}`
}
