import { type FormattedExecutionResult, OperationTypeNode } from 'graphql';

import type { AdaptedRequest } from '../merge/adapt-request.ts';
import type { Lack, SourceRequest } from '../merge/combine.ts';
import { conformityOf } from '../merge/conform.ts';
import { joinLacks, lackOf } from './examined-answer.ts';
import type { PeerVersions } from './peer-versions.ts';
import { pathOf } from './source.ts';
import type { StreamEnd } from './stream-end.ts';
import type { LinkRequest, LinkSink, StreamLinks } from './stream-link.ts';

// Subscriptions at brokers of other versions: one that is refused because it is not understood is opened again with what is,
// and its events are completed. What cannot be left out keeps the source away, and the stream goes on with the others.

/** How long a broker may take to tell its schema, in milliseconds: the beginning of a stream waits for it. */
const tellingMs = 1_500;

/** Links to brokers of whatever version. */
export function createVersionedLinks(links: StreamLinks, versions: PeerVersions): StreamLinks {
  return {
    has: (source, url) => links.has(source, url),
    open: (request, sink) => openVersioned({ links, versions, request, sink }),
    [Symbol.asyncDispose]: () => links[Symbol.asyncDispose](),
  };
}

interface Opening {
  readonly links: StreamLinks;
  readonly versions: PeerVersions;
  readonly request: LinkRequest;
  readonly sink: LinkSink;
}

function openVersioned({ links, versions, request, sink }: Opening): () => void {
  const stop = new AbortController();
  const question = questionOf(request);
  let close = (): void => undefined;
  const open = (adapted: AdaptedRequest | null): void => {
    const { text, variables } = adapted?.request ?? request;
    const [lack] = adapted?.lacks.values() ?? [];
    close = links.open(
      { ...request, text, variables },
      {
        reached: () => sink.reached(lack),
        next: (result) => sink.next(...readable(result, { versions, question, adapted })),
        end: (end) => (adapted === null && isMisunderstanding(end) ? void retry(end) : sink.end(end)),
      },
    );
  };
  const retry = async (end: StreamEnd & { kind: 'lost' }): Promise<void> => {
    const adapted = await adapt(versions, request, { question, signal: stop.signal });
    if (stop.signal.aborted) {
      return;
    }
    if (adapted?.request) {
      open(adapted);
    } else {
      const [lack] = adapted?.lacks.values() ?? [];
      sink.end({ ...end, message: lack?.message ?? end.message });
    }
  };
  open(null);
  return () => {
    stop.abort();
    close();
  };
}

function isMisunderstanding(end: StreamEnd): end is StreamEnd & { kind: 'lost' } {
  return end.kind === 'lost' && end.isUnsupported === true;
}

function questionOf({ document, text, variables }: LinkRequest): SourceRequest {
  const examine: SourceRequest['examine'] = (data) => ({ data, problem: null, strange: new Map() });
  return { document, text, variables, operation: OperationTypeNode.SUBSCRIPTION, examine };
}

interface Adapting {
  readonly question: SourceRequest;
  readonly signal: AbortSignal;
}

/** The subscription as the broker understands it; null if it understands all of it, or does not tell what it does. */
async function adapt(
  versions: PeerVersions,
  { url, source, principal, requestId, trace }: LinkRequest,
  { question, signal }: Adapting,
): Promise<AdaptedRequest | null> {
  const sending = { url: `${url}${pathOf(source)}`, source, principal, requestId, trace, remainingMs: tellingMs };
  const limited = AbortSignal.any([signal, AbortSignal.timeout(tellingMs)]);
  return versions.adapt(question, { ...sending, signal: limited }).catch(() => null);
}

interface ReadOptions {
  readonly versions: PeerVersions;
  readonly question: SourceRequest;
  readonly adapted: AdaptedRequest | null;
}

/** An event in the form that was asked for, with null for what is not known here, and what is lacking therefore. */
function readable(
  result: FormattedExecutionResult,
  { versions, question, adapted }: ReadOptions,
): readonly [FormattedExecutionResult, Lack | undefined] {
  const [lack] = adapted?.lacks.values() ?? [];
  if (!result.data) {
    return [result, lack];
  }
  const { document } = adapted?.request ?? question;
  const { problem, data, strange } = conformityOf(versions.schema, document)(result.data);
  if (problem !== null) {
    // What is wrong is found where events are read.
    return [result, lack];
  }
  const known = data as Record<string, unknown>;
  const [fields] = strange.values();
  return [{ ...result, data: adapted?.complete(known) ?? known }, joinLacks(lack, fields && lackOf(fields))];
}
