/** A refusal as AWS words it: a code that clients switch on, a sentence, and an HTTP status. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
  }
}

/** What a client did not expect to hear: our own fault, without its details. */
export const internalError = () => new AwsError('InternalFailure', 'local mode failed at this request', 500);
