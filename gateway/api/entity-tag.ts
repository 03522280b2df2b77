import { createHash } from 'node:crypto'

/** A strong entity tag (RFC 9110 §8.8.3) of an answer, quotes included. */
export function entityTag(answer: unknown): string {
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer)
  return `"${createHash('sha256').update(text).digest('base64url')}"`
}

/** Does whoever asks have this answer already? `wanted` is the header If-None-Match. */
export function isKnown(tag: string, wanted: string | undefined): boolean {
  return wanted !== undefined && wanted.split(',').some((each) => [tag, `W/${tag}`, '*'].includes(each.trim()))
}
