import { describe, expect, it } from 'vitest'
import { parseDestination } from '#gateway/ssh/destination.ts'

const web1 = { name: 'web1', clientSlug: 'acme' }

describe('the SSH user name', () => {
  it.each([
    ['web1.acme', web1, undefined],
    ['root@web1.acme', web1, 'root'],
    ['root+web1.acme', web1, 'root'],
    ['DOMAIN_user.name@web1.acme', web1, 'DOMAIN_user.name'],
    ['host$@web1.acme', web1, 'host$'],
    [`${'r'.repeat(32)}@web1.acme`, web1, 'r'.repeat(32)],
    ['a.b', { name: 'a', clientSlug: 'b' }, undefined],
    [`${'w'.repeat(63)}.${'c'.repeat(31)}`, { name: 'w'.repeat(63), clientSlug: 'c'.repeat(31) }, undefined],
    ['web-1.acme-2', { name: 'web-1', clientSlug: 'acme-2' }, undefined],
  ])('%s names a target', (userName, target, login) => {
    expect(parseDestination(userName)).toEqual({ kind: 'target', target, login })
  })

  it.each([
    '',
    'ivan',
    'ivan.petrov.jr',
    'Web1.acme',
    '1web.acme',
    'web1.',
    '.acme',
    'web1.acme.',
    'web1.acme.example',
    '@web1.acme',
    '+web1.acme',
    'root@',
    'root@web1',
    'ro ot@web1.acme',
    'a@b@web1.acme',
    'root:x@web1.acme',
    '-oProxyCommand@web1.acme',
    'web1.acme\n',
    'web1.acme\0',
    `${'r'.repeat(33)}@web1.acme`,
    `${'w'.repeat(64)}.acme`,
    `web1.${'c'.repeat(32)}`,
    'wéb1.acme',
    '__proto__',
  ])('%j names none', (userName) => {
    expect(parseDestination(userName)).toEqual({ kind: 'gateway', typed: userName })
  })
})
