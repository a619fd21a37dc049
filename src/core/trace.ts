// Where a request stands in a trace that spans programs: W3C Trace Context, level 1 (https://www.w3.org/TR/trace-context/).
// It carries on what a caller began, and begins a trace where there is none; it records no spans.

/** A request's place in a trace. */
export interface Trace {
  /** 32 hexadecimal digits, the same in every program that the request reaches. */
  readonly traceId: string;
  /** 16 hexadecimal digits: this request at this broker. */
  readonly spanId: string;
  /** The caller's span; null where the trace begins here. */
  readonly parentSpanId: string | null;
  /** The headers for a request that is sent on behalf of this one; each call names a span of its own. */
  childHeaders(): TraceHeaders;
}

/** The headers that carry a trace. */
export interface TraceHeaders {
  readonly traceparent: string;
  readonly tracestate?: string;
}

/** What a `traceparent` says. */
export interface TraceParent {
  readonly traceId: string;
  /** The id of the sender's span. */
  readonly parentId: string;
  /** True if the sender may have recorded the trace. */
  readonly sampled: boolean;
}

/** As they come with a request. */
type IncomingHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The place of a request that came with these headers. What cannot be read is ignored, and a trace begins here; it is not
 * marked as sampled, since nothing of it is recorded here.
 * @param random Gives numbers from 0 up to but not including 1.
 */
export function openTrace(headers: IncomingHeaders, random: () => number): Trace {
  const { traceparent, tracestate: state } = headers;
  const parent = typeof traceparent === 'string' ? parseTraceParent(traceparent) : null;
  const traceId = parent?.traceId ?? randomHex(32, random);
  const sampled = parent?.sampled ?? false;
  // Without the trace that it belongs to, the state of a trace means nothing.
  const tracestate = parent === null ? null : readTraceState([state ?? []].flat().join(','));
  // One number by chance for all that is sent, and each counts on.
  const firstHalf = randomHex(8, random);
  let sent = 0;
  const nextSpan = (): string => {
    sent += 1;
    return `${firstHalf}${sent.toString(16).padStart(8, '0')}`;
  };
  return {
    traceId,
    spanId: randomHex(16, random),
    parentSpanId: parent?.parentId ?? null,
    childHeaders: () => ({
      traceparent: formatTraceParent({ traceId, parentId: nextSpan(), sampled }),
      ...(tracestate !== null && { tracestate }),
    }),
  };
}

const traceParentPattern =
  /^(?<version>[0-9a-f]{2})-(?<traceId>[0-9a-f]{32})-(?<parentId>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?<rest>-.*)?$/;

/** What a `traceparent` says, or null if it may not be used. A later version is read as far as this one goes. */
export function parseTraceParent(text: string): TraceParent | null {
  const { version, traceId, parentId, flags, rest } = traceParentPattern.exec(text)?.groups ?? {};
  if (version === undefined || traceId === undefined || parentId === undefined || flags === undefined) {
    return null;
  }
  const ends = version !== '00' || rest === undefined;
  if (version === 'ff' || !ends || /^0+$/.test(traceId) || /^0+$/.test(parentId)) {
    return null;
  }
  return { traceId, parentId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The text of a `traceparent`, in version 00. */
export function formatTraceParent({ traceId, parentId, sampled }: TraceParent): string {
  return `00-${traceId}-${parentId}-${sampled ? '01' : '00'}`;
}

/** A tracestate has at most so many members; a longer one is invalid. */
const membersAtMost = 32;
/** Every program forwards at least so many characters; what is longer loses whole members. */
const forwardedCharacters = 512;
/** Members longer than this go first when something has to. */
const longMember = 128;

/** The `tracestate` to forward, or null if there is none or it is not one. */
export function readTraceState(text: string): string | null {
  const members = text
    .split(',')
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((member) => member !== '');
  const keys = new Set(members.map((member) => member.slice(0, member.indexOf('='))));
  if (members.length === 0 || members.length > membersAtMost || keys.size < members.length) {
    return null;
  }
  return members.every((member) => memberPattern.test(member)) ? shorten(members).join(',') || null : null;
}

const memberPattern =
  /^(?:[a-z][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/** Takes out long members, then the last ones, until the rest is short enough. */
function shorten(members: readonly string[]): readonly string[] {
  const tooLong = (kept: readonly string[]): boolean => kept.join(',').length > forwardedCharacters;
  let kept = [...members];
  while (tooLong(kept)) {
    const long = kept.findLastIndex((member) => member.length > longMember);
    kept = kept.toSpliced(long === -1 ? kept.length - 1 : long, 1);
  }
  return kept;
}

/** So many random hexadecimal digits, a multiple of 8, that are not all zero. */
function randomHex(digits: number, random: () => number): string {
  let text = '';
  while (text.length < digits) {
    text += Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  }
  return /^0+$/.test(text) ? `${text.slice(0, -1)}1` : text;
}
