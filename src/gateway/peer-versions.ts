import { type GraphQLSchema, OperationTypeNode } from 'graphql';

import type { Clock } from '../core/clock.ts';
import { requireVariable } from '../core/reserved.ts';
import { type AdaptedRequest, adaptRequest } from '../merge/adapt-request.ts';
import type { SourceBody, SourceRequest } from '../merge/combine.ts';
import { AttemptFailure } from '../scatter/outcome.ts';
import { examineAnswer, mergeLacks } from './examined-answer.ts';
import { NotUnderstood } from './peer-answer.ts';
import { createPeerSchemas, type PeerSchemas, type SchemaVersion } from './peer-schemas.ts';
import type { PeerTransport, SendOptions } from './peer-transport.ts';

// Brokers of other versions of the base schema are asked what they understand. A request is sent as it is, since GraphQL
// refuses what it does not know before it does anything; only then, or if the version is known by now, is it adapted. A
// broker may be replaced by another version at any moment, so that what it says itself counts more than what was known.

/** A broker that is replaced while it is asked is asked again; so often at most. */
const mostTries = 3;

/** Asks brokers of whatever version. */
export interface PeerVersions {
  /**
   * Sends a request. The answer has the form that the request asks for, and says what is lacking.
   * @throws AttemptFailure `UNSUPPORTED` if nothing of it is understood; or whatever the network or the signal throws.
   */
  send(request: SourceRequest, options: SendOptions, others: OtherBrokers): Promise<SourceBody>;
  /**
   * The request as a broker understands it that has just refused it; null if there is nothing that it should not understand.
   * @throws AttemptFailure, or whatever the network or the signal throws.
   */
  adapt(request: SourceRequest, options: SendOptions): Promise<AdaptedRequest | null>;
  /** The schema of this build. */
  readonly schema: GraphQLSchema;
}

/** The addresses of the other brokers of the source, of which one may lack less. */
type OtherBrokers = () => readonly string[];

interface PeerVersionsOptions {
  /** The schema of this build. */
  readonly schema: GraphQLSchema;
  readonly transport: Pick<PeerTransport, 'send'>;
  readonly clock: Clock;
}

/** Of no broker is anything known yet. */
export function createPeerVersions(options: PeerVersionsOptions): PeerVersions {
  const schemas = createPeerSchemas(options);
  return {
    schema: options.schema,
    async adapt(request, sending) {
      const { schema } = await schemas.ask(sending);
      return adaptRequest(options.schema, schema, request);
    },
    send: (request, sending, others) =>
      sendVersioned({ schema: options.schema, transport: options.transport, schemas, request, sending, others }),
  };
}

interface Sending extends Pick<PeerVersionsOptions, 'schema' | 'transport'> {
  readonly schemas: PeerSchemas;
  readonly request: SourceRequest;
  readonly sending: SendOptions;
  readonly others: OtherBrokers;
}

async function sendVersioned(asked: Sending): Promise<SourceBody> {
  const { schemas, request, transport, sending } = asked;
  const { url } = sending;
  let version = request.variables[requireVariable] === 'ALL' ? null : schemas.versionOf(schemas.hashAt(url));
  for (let tries = 1; ; tries += 1) {
    const adapted = adapt(asked, version);
    try {
      // What it does not understand at all it refuses itself, if it is still the version that it was.
      const body = await transport.send(adapted?.request ?? request, sending);
      schemas.note(url, body.schema);
      if (!isOutdated(asked, { adapted, version, body }) || tries === mostTries) {
        return answerOf(asked, adapted?.request ? adapted : null, body);
      }
      version = schemas.versionOf(body.schema);
    } catch (thrown) {
      if (!(thrown instanceof NotUnderstood)) {
        throw thrown;
      }
      schemas.note(url, thrown.schema);
      version = await understood(asked, { adapted, version, tries }, thrown);
    }
  }
}

interface Try {
  readonly adapted: AdaptedRequest | null;
  readonly version: SchemaVersion | null;
  readonly tries: number;
}

/**
 * The version that a broker speaks that did not understand the request.
 * @throws AttemptFailure `UNSUPPORTED` if there is no point in asking it again.
 */
async function understood(
  asked: Sending,
  { adapted, version, tries }: Try,
  refusal: NotUnderstood,
): Promise<SchemaVersion> {
  const { schemas, sending } = asked;
  const isSame = version !== null && version.hash === refusal.schema;
  const spoken = isSame ? version : (schemas.versionOf(refusal.schema) ?? (await schemas.ask(sending)));
  const next = isSame ? adapted : adapt(asked, spoken);
  const isPointless = next === null || next.request === null || mustBeWhole(asked, next);
  if (isSame || isPointless || tries === mostTries) {
    const reasons = isPointless ? new Set([...(next?.lacks.values() ?? [])].map(({ message }) => message)) : new Set();
    const message = reasons.size === 0 ? refusal.message : [...reasons].join('; ');
    throw new AttemptFailure('UNSUPPORTED', message, { retryable: mayBeOutdone(asked, spoken.hash) });
  }
  return spoken;
}

/** The request for a version; null if it understands everything. */
function adapt({ schema, request }: Sending, version: SchemaVersion | null): AdaptedRequest | null {
  return version && adaptRequest(schema, version.schema, request);
}

/** A change for which only a whole answer counts must not be made if its answer cannot be whole. */
function mustBeWhole({ request }: Sending, { lacks }: AdaptedRequest): boolean {
  return request.variables[requireVariable] === 'ALL' && lacks.size > 0;
}

interface Answered extends Omit<Try, 'tries'> {
  readonly body: SourceBody;
}

/** True if the broker has become another version than that which the question was adapted to. */
function isOutdated({ request }: Sending, { adapted, version, body }: Answered): boolean {
  return request.operation === OperationTypeNode.QUERY && adapted?.request != null && body.schema !== version?.hash;
}

function answerOf(asked: Sending, adapted: AdaptedRequest | null, body: SourceBody): SourceBody {
  const found = examineAnswer(adapted?.request ?? asked.request, body);
  if (adapted === null && found.lacks === undefined) {
    return found;
  }
  const lacks = mergeLacks(adapted?.lacks ?? new Map(), found.lacks ?? new Map());
  const isOutdone =
    lacks.size > 0 && asked.request.operation === OperationTypeNode.QUERY && mayBeOutdone(asked, body.schema);
  return adapted || lacks.size > 0
    ? { ...found, data: adapted ? adapted.complete(found.data) : found.data, lacks, isOutdone }
    : found;
}

/** True if another broker of the source may speak another version. */
function mayBeOutdone({ schemas, others }: Sending, hash: string | undefined): boolean {
  return others().some((url) => schemas.hashAt(url) !== hash || hash === undefined);
}
