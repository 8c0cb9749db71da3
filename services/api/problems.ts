import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from '../../schemas/type.ts'
import { BadCursor, TimelineChanged } from '../event-index/event-index.ts'
import { Busy, Unavailable } from '../unavailable.ts'

/** Every error that the API answers: stable codes, with the status and a title (RFC 9457, https://www.rfc-editor.org/rfc/rfc9457). */
export const PROBLEMS = {
  'invalid-request': [400, 'The request does not fit its schema'],
  'invalid-instant': [400, 'An instant cannot be read'],
  'invalid-interval': [400, 'The interval is no multiple of 60 seconds'],
  'invalid-zone': [400, 'The zone is not known'],
  'invalid-cursor': [400, 'The cursor was not made by this timeline'],
  'forbidden-origin': [403, 'The request comes from another site'],
  'not-found': [404, 'There is nothing here'],
  'unknown-workspace': [404, 'There is no such workspace'],
  'unknown-source': [404, 'There is no source of this name'],
  'unknown-window': [404, 'There is no window with this id'],
  'unknown-event': [404, 'There is no event with this id'],
  'timeline-changed': [409, 'The timeline was changed since the cursor was given'],
  'too-large': [413, 'The body is too large'],
  'unsupported-media-type': [415, 'The content type is not supported'],
  busy: [429, 'More comes than is taken'],
  'internal-error': [500, 'Something went wrong here'],
  unavailable: [503, 'The timeline is not available now'],
} as const satisfies Record<string, readonly [number, string]>

/** So many seconds later the same request may be taken. */
const RETRY_AFTER_S = 5

export type ProblemCode = keyof typeof PROBLEMS

/** What every route may answer instead, for the description. */
export const PROBLEM_RESPONSE = {
  description: 'A problem: what is wrong, where, and what to do (RFC 9457)',
  content: {
    'application/problem+json': {
      schema: Type.Object({
        type: Type.String(),
        title: Type.String(),
        status: Type.Integer(),
        code: Type.Enum(Object.keys(PROBLEMS)),
        detail: Type.String(),
      }),
    },
  },
}

/** An error with a code of the table; `detail` says what, where and what to do. */
export class Problem extends Error {
  readonly code: ProblemCode
  constructor(code: ProblemCode, detail: string) {
    super(detail)
    this.code = code
  }
}

function problemOf(error: FastifyError | Error): Problem {
  if (error instanceof Problem) return error
  if (error instanceof TimelineChanged)
    return new Problem('timeline-changed', `${error.message}: begin again without a cursor`)
  if (error instanceof BadCursor)
    return new Problem('invalid-cursor', `${error.message}: pass on what "next" gave`)
  if (error instanceof Busy) return new Problem('busy', error.message)
  if (error instanceof Unavailable) return new Problem('unavailable', error.message)
  const { statusCode, validation, message } = error as FastifyError
  if (validation) return new Problem('invalid-request', message)
  if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
    return new Problem('unavailable', 'the disk is full: make room, and send the same again')
  if (statusCode === 413) return new Problem('too-large', message)
  if (statusCode === 415) return new Problem('unsupported-media-type', message)
  if (statusCode !== undefined && statusCode < 500) return new Problem('invalid-request', message)
  return new Problem(
    'internal-error',
    'the server has logged it; nothing that was acknowledged is lost',
  )
}

/** Answers an error as problem details. */
export function answerProblem(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const problem = problemOf(error)
  const [status, title] = PROBLEMS[problem.code]
  if (status >= 500) request.log.error(error)
  if (status === 429 || status === 503) void reply.header('retry-after', RETRY_AFTER_S)
  void reply
    .code(status)
    .type('application/problem+json')
    .send({
      type: `urn:recount:problem:${problem.code}`,
      title,
      status,
      code: problem.code,
      detail: problem.message,
    })
}

/** Answers all errors as problem details. Call it before the routes are added. */
export function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler(answerProblem)
  app.setNotFoundHandler((request) => {
    throw new Problem(
      'not-found',
      `${request.method} ${request.url.split('?')[0]} is no route; see /openapi.json`,
    )
  })
}
