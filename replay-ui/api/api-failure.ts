import type { Problem } from '#shared/api.ts'

/** The API answered with a problem document (RFC 9457), or could not be reached: then `status` is 0. */
export class ApiFailure extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title)
    this.problem = problem
  }
}
