import { setImmediate } from 'node:timers/promises';

import { type DocumentNode, execute, type GraphQLError, type GraphQLSchema, OperationTypeNode } from 'graphql';

import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import type { RowsWanted, SourceBody, SourceError } from '../merge/combine.ts';
import { anyCoverage } from '../model/coverage.ts';
import type { RequestContext } from '../model/request.ts';
import { blocksOfTexts } from '../rows/frame-stream.ts';
import type { Frames } from '../rows/frames.ts';
import type { RowBatch } from '../rows/row-batch.ts';
import { blockOfTexts, type RowTexts } from '../rows/row-block.ts';
import { failureOf } from '../scatter/outcome.ts';
import { bodyOfRows } from './rows-body.ts';
import { identifyInstallation, placesOf, type Source } from './source.ts';

// The own installation, asked in this process.

interface LocalSourceOptions {
  readonly site: string;
  readonly installation: string;
  readonly schema: GraphQLSchema;
  readonly clock: Clock;
  /** Answers lists as rows; null for what has to be executed. Absent: everything has. */
  readonly answerRows?: (asked: RowsAsked) => Promise<OwnRows | null>;
  /** Told of errors that nobody expected; a client sees only that there was one. */
  readonly onFault: (thrown: unknown) => void;
}

/** A list that may be answered as rows. */
interface RowsAsked {
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
  readonly batch: RowBatch | null;
}

interface OwnRows extends Pick<Frames, 'tail'> {
  readonly rows: RowTexts;
}

/** The own installation, asked in this process. */
export function createLocalSource(options: LocalSourceOptions): Source {
  const { clock } = options;
  const identity = identifyInstallation(options.site, options.installation);
  return {
    ...identity,
    async ask({ document, operation, variables, rows }, { context, deadline, onAnswer }) {
      const startedAt = clock.now();
      // Executing is one synchronous stretch: the requests to the other sources leave first.
      await setImmediate();
      if (deadline.signal.aborted) {
        const { status, message } = failureOf(null, deadline.signal);
        return { status, message, endpoint: null, attempts: [], latencyMs: clock.now() - startedAt };
      }
      // A change is refused before it is made; what a question rests on is judged once all sources have answered.
      const require = operation === OperationTypeNode.MUTATION ? context.wanted.require : 'ANY';
      const wanted = { ...anyCoverage, require, atLeast: placesOf(context, identity) };
      const own: RequestContext = { ...context, deadline, wanted, coverage: new Map() };
      const asked = { document, variables, context: own };
      const answer = (rows && (await ownRows(options, asked, rows))) ?? (await ownValues(options, asked));
      onAnswer?.(answer);
      return { status: 'OK', answer, endpoint: null, attempts: [], latencyMs: clock.now() - startedAt };
    },
    async open({ document, variables, rows }, { context, deadline }) {
      const startedAt = clock.now();
      const wanted = { ...anyCoverage, atLeast: placesOf(context, identity) };
      const own: RequestContext = { ...context, deadline, wanted, coverage: new Map() };
      const asked = { document, variables, context: own };
      const found = (await options.answerRows?.({ ...asked, batch: rows?.batch ?? null })) ?? null;
      const report = { endpoint: null, attempts: [], latencyMs: clock.now() - startedAt };
      if (found === null) {
        const [error] = (await ownValues(options, asked)).errors;
        const isForbidden = error?.extensions?.['code'] === 'FORBIDDEN';
        return {
          status: isForbidden ? 'FORBIDDEN' : 'ERROR',
          message: error?.message ?? 'it sends no rows',
          ...report,
        };
      }
      return {
        status: 'OK',
        answer: { blocks: blocksOfTexts(found.rows, found.tail), close: () => undefined },
        ...report,
      };
    },
  };
}

type OwnAsked = Omit<RowsAsked, 'batch'>;

async function ownRows(
  { answerRows }: LocalSourceOptions,
  asked: OwnAsked,
  wanted: RowsWanted,
): Promise<SourceBody | null> {
  const rows = (await answerRows?.({ ...asked, batch: wanted.batch })) ?? null;
  return rows && bodyOfRows({ ...rows, rows: blockOfTexts(rows.rows) }, wanted);
}

async function ownValues(
  { schema, onFault }: LocalSourceOptions,
  { document, variables, context }: OwnAsked,
): Promise<SourceBody> {
  const { data, errors } = await execute({ schema, document, variableValues: variables, contextValue: context });
  return {
    data: data ?? null,
    errors: (errors ?? []).map((error) => visibleError(error, onFault)),
    coverage: Object.fromEntries(context.coverage),
  };
}

/** The error as another broker would send it. */
function visibleError(error: GraphQLError, onFault: (thrown: unknown) => void): SourceError {
  const { originalError } = error;
  if (originalError === undefined || originalError === null || originalError instanceof SitewideError) {
    return error.toJSON();
  }
  onFault(originalError);
  const { message, extensions } = new SitewideError('INTERNAL', {});
  return { message, path: error.path, extensions };
}
