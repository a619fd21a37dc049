// Every error this program can answer with, in one table. Who throws one names its code and fills its template, so that
// the text, the retryability and the HTTP status of a code are the same wherever it comes from. Each code has a page in
// docs/errors/.

interface ErrorRow {
  /** The message; `{name}` is filled from the parameters. */
  readonly message: string;
  /** True if the same request may succeed at an equivalent broker, or at this one a little later. */
  readonly retryable: boolean;
  /** The HTTP status when the error is the whole answer. GraphQL field errors travel with 200 whatever this says. */
  readonly status: number;
}

/** The table. The keys are the codes that clients see in `extensions.code`. */
export const errorTable = {
  INVALID_ARGUMENT: { message: 'Argument "{argument}": {problem}; found {found}.', retryable: false, status: 400 },
  INVALID_ID: { message: '"{id}" is not a global id: {problem}.', retryable: false, status: 400 },
  UNKNOWN_INSTALLATION: {
    message: 'The id "{id}" belongs to installation "{installation}", which {where} does not know.',
    retryable: false,
    status: 404,
  },
  CURSOR_INVALID: { message: '"{cursor}" is not a cursor of this program: {problem}.', retryable: false, status: 400 },
  CURSOR_MISMATCH: {
    message: 'The cursor "{cursor}" comes from another list: its field, filter or order is not that of this request.',
    retryable: false,
    status: 400,
  },
  REVISION_INVALID: {
    message: '"{token}" is not a revision token of this program: {problem}.',
    retryable: false,
    status: 400,
  },
  UNKNOWN_SOURCE: {
    message: '"{source}" is not a source of {where}; its sources are {known}.',
    retryable: false,
    status: 400,
  },
  COVERAGE_NOT_MET: {
    message: 'The answer for "{field}" is not complete, and @coverage(require: ALL) refuses it: {reasons}.',
    retryable: true,
    status: 200,
  },
  NO_SOURCE_ANSWERED: { message: 'No source answered for "{field}": {reasons}.', retryable: true, status: 200 },
  FORBIDDEN: { message: '"{field}" is not allowed to whoever asks: {reasons}.', retryable: false, status: 403 },
  SOURCE_FAILED: {
    message: '{source} could not answer for "{field}": {problem}.',
    retryable: true,
    status: 200,
  },
  SUBGRAPH_FAILED: {
    message: 'The subgraph "{subgraph}" could not answer: {problem}.',
    retryable: true,
    status: 200,
  },
  DUPLICATE_INSTALLATION: {
    message: 'Installation "{installation}" is configured more than once: {where}.',
    retryable: false,
    status: 500,
  },
  CONFIG_INVALID: { message: '{file}: {problem}', retryable: false, status: 500 },
  PORT_IN_USE: { message: 'Port {port} on {host} is taken by another process.', retryable: false, status: 500 },
  DRIVER_UNREACHABLE: { message: 'The {driver} driver cannot reach {uri}: {problem}.', retryable: true, status: 503 },
  DRIVER_FAULT: { message: 'The {driver} driver failed at {uri}: {problem}.', retryable: true, status: 502 },
  DRIVER_PROTOCOL: {
    message: 'The {driver} driver got something from {uri} that is not its protocol: {problem}.',
    retryable: true,
    status: 502,
  },
  DRIVER_URI_INVALID: { message: 'The {driver} driver cannot use {uri}: {problem}.', retryable: false, status: 500 },
  DEADLINE_EXCEEDED: { message: 'No answer within {timeoutMs} ms.', retryable: true, status: 504 },
  CANCELLED: { message: 'The caller went away.', retryable: false, status: 499 },
  OVERLOADED: { message: 'This broker has more requests than it can answer now.', retryable: true, status: 503 },
  TOO_MANY_SUBSCRIPTIONS: {
    message: '{where} has {limit} subscriptions already, and takes no more.',
    retryable: true,
    status: 503,
  },
  SUBSCRIPTION_UNAVAILABLE: {
    message: 'A subscription is answered over a WebSocket only, at a path that has subscriptions.',
    retryable: false,
    status: 400,
  },
  ORIGIN_REFUSED: {
    message: 'A page of {origin} may not ask here, which is {host}.',
    retryable: false,
    status: 403,
  },
  HOST_REFUSED: { message: 'Nobody answers here in the name of {host}.', retryable: false, status: 421 },
  RATE_LIMITED: { message: 'You may {what}; ask again in {retryMs} ms.', retryable: true, status: 429 },
  CERTIFICATE_FILE_INVALID: { message: '{file}: {problem}.', retryable: false, status: 500 },
  CERTIFICATE_REQUIRED: {
    message: 'Only brokers are answered here, and they have to show a certificate.',
    retryable: false,
    status: 401,
  },
  CERTIFICATE_EXPIRED: { message: 'The certificate of the caller has expired.', retryable: false, status: 401 },
  CERTIFICATE_NOT_YET_VALID: {
    message: 'The certificate of the caller is not valid yet.',
    retryable: false,
    status: 401,
  },
  CERTIFICATE_UNTRUSTED: {
    message: 'The certificate of the caller comes from nobody who is trusted here.',
    retryable: false,
    status: 401,
  },
  CERTIFICATE_REVOKED: { message: 'The certificate of the caller has been revoked.', retryable: false, status: 401 },
  PEER_UNKNOWN: { message: 'The caller is no broker that is known here.', retryable: false, status: 403 },
  PEER_NOT_ALLOWED: { message: 'The caller may not ask here.', retryable: false, status: 403 },
  PEER_HEADER_REFUSED: {
    message: 'The header {header} is for requests between brokers.',
    retryable: false,
    status: 403,
  },
  SHUTTING_DOWN: { message: 'This broker is shutting down.', retryable: true, status: 503 },
  BODY_TOO_LARGE: {
    message: 'The request body is larger than {limitBytes} bytes.',
    retryable: false,
    status: 413,
  },
  UNSUPPORTED_MEDIA_TYPE: {
    message: 'The content type "{found}" is not understood; send application/json.',
    retryable: false,
    status: 415,
  },
  BAD_REQUEST: { message: 'The request cannot be read: {problem}.', retryable: false, status: 400 },
  DOCUMENT_UNKNOWN: {
    message: 'The text named "{document}" is not known here; send it with the request.',
    retryable: true,
    status: 409,
  },
  DOCUMENT_NOT_TRUSTED: {
    message: 'The document "{document}" is not one of those that may be asked here.',
    retryable: false,
    status: 403,
  },
  // The words are those that Apollo's clients wait for; they send the text then.
  PERSISTED_QUERY_NOT_FOUND: { message: 'PersistedQueryNotFound', retryable: false, status: 200 },
  OPERATION_TOO_COMPLEX: {
    message: 'The operation has {found} {what}; at most {limit} are allowed.',
    retryable: false,
    status: 400,
  },
  QUERY_TOO_COSTLY: {
    message: 'The answer may have {cost} objects; at most {limit} are allowed.',
    retryable: false,
    status: 400,
  },
  INTROSPECTION_REFUSED: { message: 'The schema is not shown to you.', retryable: false, status: 403 },
  METHOD_NOT_ALLOWED: {
    message: '{method} is not possible at {path}; allowed is {allowed}.',
    retryable: false,
    status: 405,
  },
  STORE_UNAVAILABLE: { message: 'The store cannot be used now: {problem}.', retryable: true, status: 503 },
  STALE_EPOCH: {
    message: "Operation {operation} is another broker's by now: epoch {epoch} was replaced.",
    retryable: false,
    status: 409,
  },
  ACTION_IMPOSSIBLE: { message: '{problem}.', retryable: false, status: 409 },
  ACTION_UNSUPPORTED: { message: 'The {driver} driver cannot do {action}: {problem}.', retryable: false, status: 501 },
  STORE_MISMATCH: {
    message: 'The database is that of installation "{found}", not of "{installation}".',
    retryable: false,
    status: 500,
  },
  PROCESS_FAILED: { message: '{process} did not start: {problem}.', retryable: false, status: 500 },
  ENDPOINT_UNREACHABLE: {
    message: 'None of the endpoints answered: {problem}.',
    retryable: true,
    status: 502,
  },
  REVISION_GONE: {
    message:
      'The changes after revision {after} are not kept; the present revision is {revision}. Take a new inventory.',
    retryable: false,
    status: 410,
  },
  TOKEN_REQUIRED: { message: 'This broker answers nobody without a token.', retryable: false, status: 401 },
  TOKEN_MALFORMED: { message: 'The token cannot be read.', retryable: false, status: 401 },
  TOKEN_EXPIRED: { message: 'The token has expired.', retryable: false, status: 401 },
  TOKEN_NOT_YET_VALID: { message: 'The token is not valid yet.', retryable: false, status: 401 },
  TOKEN_SIGNATURE: { message: 'The token is not signed with a key of its issuer.', retryable: false, status: 401 },
  TOKEN_ALGORITHM: { message: 'The token is signed in a way that is not allowed.', retryable: false, status: 401 },
  TOKEN_AUDIENCE: { message: 'The token is for somebody else than this broker.', retryable: false, status: 401 },
  TOKEN_ISSUER: { message: 'The token comes from nobody whose tokens are taken here.', retryable: false, status: 401 },
  TOKEN_REVOKED: { message: 'The token is not known here, or not any more.', retryable: false, status: 401 },
  ISSUER_UNAVAILABLE: {
    message: 'The keys of the issuer of the token cannot be had now.',
    retryable: true,
    status: 503,
  },
  CONTEXT_UNKNOWN: { message: 'There is no context "{context}"; there are: {known}.', retryable: false, status: 404 },
  LOGIN_REQUIRED: {
    message: 'Log in with "sitewide login --context {context}": {problem}.',
    retryable: false,
    status: 401,
  },
  LOGIN_FAILED: { message: 'Logging in at {issuer} failed: {problem}.', retryable: false, status: 401 },
  ENDPOINT_UNSAFE: {
    message: 'No token is sent to {endpoint}, since it could be read on the way; use https.',
    retryable: false,
    status: 400,
  },
  ASSERTION_REQUIRED: { message: 'The other site does not say who asks.', retryable: false, status: 401 },
  ASSERTION_MALFORMED: { message: 'What the other site says of who asks is garbled.', retryable: false, status: 401 },
  // Keys are renewed while requests are under way, and the clock of another broker may be right.
  ASSERTION_SIGNATURE: { message: 'Who asks is not signed for by the sender.', retryable: true, status: 401 },
  ASSERTION_EXPIRED: { message: 'Who asks is not vouched for at this time.', retryable: true, status: 401 },
  ASSERTION_AUDIENCE: { message: 'Who asks is vouched for to another broker.', retryable: false, status: 401 },
  ASSERTION_MISMATCH: { message: 'Who asks is vouched for in another request.', retryable: false, status: 401 },
  ASSERTION_REPLAYED: { message: 'Who asks was vouched for in an earlier request.', retryable: false, status: 401 },
  ASSERTION_NOT_ALLOWED: { message: 'The other site may not say here who asks.', retryable: false, status: 403 },
  PRINCIPAL_MALFORMED: { message: 'The other broker does not say readably who asks.', retryable: false, status: 400 },
  PRINCIPAL_TOO_LARGE: {
    message: 'Whoever asks has {groups} groups of {bytes} bytes; at most {mostBytes} are taken.',
    retryable: false,
    status: 431,
  },
  SIMULATED_FAULT: { message: 'This error is simulated.', retryable: true, status: 503 },
  NOT_FOUND: { message: 'There is nothing at {path}.', retryable: false, status: 404 },
  INTERNAL: { message: 'Internal error.', retryable: false, status: 500 },
} as const satisfies Record<string, ErrorRow>;

/** A code of the table. */
export type ErrorCode = keyof typeof errorTable;

type ParameterNames<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterNames<Rest>
  : never;

/** What the template of a code has to be filled with. */
export type ErrorParameters<Code extends ErrorCode> = Record<
  ParameterNames<(typeof errorTable)[Code]['message']>,
  string | number
>;

interface ErrorOptions {
  /** What brought it about; kept for the log, never sent to a client. */
  readonly cause?: unknown;
  /** Further facts for `extensions`, for example a coverage report. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An error of the table. graphql-js copies `extensions` into the answer; `cause` stays here. */
export class SitewideError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'SitewideError';
  readonly code: Code;
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(code: Code, parameters: ErrorParameters<Code>, options: ErrorOptions = {}) {
    super(fill(errorTable[code].message, parameters), { cause: options.cause });
    this.code = code;
    this.extensions = { code, ...(this.retryable ? { retryable: true } : {}), ...options.details };
  }

  /** True if the same request may succeed at an equivalent broker, or later. */
  get retryable(): boolean {
    return errorTable[this.code].retryable;
  }

  /** The HTTP status when this error is the whole answer. */
  get status(): number {
    return errorTable[this.code].status;
  }
}

/** The message of anything that was thrown, for logs and for the `problem` of another error. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.message === '') {
    return thrown.errors.map(messageOf).join('; ');
  }
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function fill(template: string, parameters: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(parameters[name]));
}
