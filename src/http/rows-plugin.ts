import { type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import type { DocumentNode } from 'graphql';

import type { RequestContext } from '../model/request.ts';
import type { FramesTail } from '../rows/frames.ts';
import type { RowTexts } from '../rows/row-block.ts';
import type { RowBatch } from '../rows/row-batch.ts';
import type { HttpRequestContext } from './request-context.ts';

// Answers brokers that take rows with rows, where the operation is one list; everything else is executed. It takes part after
// an operation has been parsed, checked and allowed like any other.

/** A list as rows. */
export interface AnsweredRows {
  readonly rows: RowTexts;
  readonly tail: FramesTail;
}

/** How a tier answers in rows. */
export interface RowAnswers {
  /** Null for what has to be executed. */
  answer(asked: {
    readonly document: DocumentNode;
    readonly operationName?: string | null | undefined;
    readonly variables: Readonly<Record<string, unknown>>;
    readonly context: RequestContext;
    readonly batch: RowBatch | null;
  }): Promise<AnsweredRows | null>;
}

/** The plugin for Apollo Server. */
export function createRowsPlugin({ answer }: RowAnswers): ApolloServerPlugin<HttpRequestContext> {
  return {
    async requestDidStart({ contextValue: context }) {
      const { rows: asked } = context;
      if (!asked) {
        return;
      }
      return {
        async responseForOperation({ document, operationName, request: { variables = {} } }) {
          asked.answer = await answer({ document, operationName, variables, context, batch: asked.batch });
          // What is sent instead is written by whoever knows that it was asked for.
          return (
            asked.answer && { http: { headers: new HeaderMap() }, body: { kind: 'single', singleResult: { data: {} } } }
          );
        },
      };
    },
  };
}
