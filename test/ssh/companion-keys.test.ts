import { expect, it } from 'vitest'
import { CompanionKeys } from '#gateway/ssh/companion-keys.ts'

it('keys beside a good one are remembered, 4096 of them: those offered longest ago are forgotten', () => {
  const keys = new CompanionKeys()
  for (let key = 0; key < 4096; key++) keys.add(`SHA256:${key}`)
  keys.add('SHA256:0')
  keys.add('SHA256:4096')
  expect(['SHA256:0', 'SHA256:1', 'SHA256:2', 'SHA256:4096'].map((print) => keys.has(print))).toEqual([
    true,
    false,
    true,
    true,
  ])
})
