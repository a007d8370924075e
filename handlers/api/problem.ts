import {
  HttpError,
  ParameterValidationError,
  RequestValidationError,
} from '@aws-lambda-powertools/event-handler/http';
import type { RequestContext } from '@aws-lambda-powertools/event-handler/types';

/** An answer that is no success, with what its receiver may know. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  /** Further members of the answer. */
  readonly more: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    title: string,
    { headers = {}, ...more }: Readonly<Record<string, unknown>> & { headers?: Record<string, string> } = {},
  ) {
    super(title);
    this.status = status;
    this.more = more;
    this.headers = headers;
  }
}

/**
 * Answers with what went wrong, and tells of our own mistakes no more than that there is one.
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
export function answerProblem(error: Error, { context }: RequestContext): Promise<Response> {
  const { status, message: title, more, headers } = problemIn(error);
  // The stack and not the error: a cancelled transaction carries the items that it met.
  if (status >= 500) console.error(`Request ${context.awsRequestId} failed.`, error.stack);
  return Promise.resolve(
    new Response(JSON.stringify({ title, status, ...more }), {
      status,
      headers: { ...headers, 'content-type': 'application/problem+json' },
    }),
  );
}

function problemIn(error: Error): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof RequestValidationError)
    return new Problem(400, 'The request is not as it should be', { ...error.details });
  // A path that cannot be decoded, or of which a part is empty.
  if (error instanceof URIError || error instanceof ParameterValidationError)
    return new Problem(400, 'The path is not as it should be');
  if (error instanceof HttpError && error.statusCode < 500) return new Problem(error.statusCode, 'Not found');
  return new Problem(500, 'Internal server error');
}
