import type { IncomingMessage, ServerResponse } from 'node:http';

import { messageOf, SitewideError } from '../../core/errors.ts';
import type { z } from 'zod';

// Reading and answering single JSON documents. Errors are JSON too, and name the value that is wrong.

/** How long a request body may be, in bytes: a machine's description with plenty of labels. */
const bodyLimitBytes = 65_536;

/** Answers with a JSON document. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

/** Answers with an error, or ends the answer if it has begun already. */
export function sendError(response: ServerResponse, thrown: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const error: SitewideError =
    thrown instanceof SitewideError ? (thrown as SitewideError) : new SitewideError('INTERNAL', {}, { cause: thrown });
  if (error.code === 'INTERNAL') {
    process.stderr.write(`simulator: ${messageOf(thrown)}\n`);
  }
  sendJson(response, error.status, { error: { code: error.code, message: error.message } });
}

/**
 * The request's JSON body, checked.
 * @throws SitewideError BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, BAD_REQUEST or INVALID_ARGUMENT.
 */
export async function readBody<Schema extends z.ZodType>(
  request: IncomingMessage,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const mediaType = request.headers['content-type'] ?? '';
  // A web page can send any other type to a loopback port without asking first.
  if (!/^application\/json\s*(;|$)/i.test(mediaType)) {
    throw new SitewideError('UNSUPPORTED_MEDIA_TYPE', { found: mediaType });
  }
  return checked(schema, parsed(await textOf(request)), 'body');
}

/**
 * The value, checked.
 * @param whole What the value as a whole is called in messages.
 * @throws SitewideError INVALID_ARGUMENT that names the first place that is wrong, and what was found there.
 */
export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown, whole: string): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) {
    return result.data;
  }
  const [issue] = result.error.issues;
  const path = issue?.path ?? [];
  throw new SitewideError('INVALID_ARGUMENT', {
    argument: path.length > 0 ? path.join('.') : whole,
    problem: issue?.message ?? 'it is not valid',
    found: JSON.stringify(path.reduce(step, value)) ?? 'nothing',
  });
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bodyLimitBytes) {
      throw new SitewideError('BODY_TOO_LARGE', { limitBytes: bodyLimitBytes });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new SitewideError(
      'BAD_REQUEST',
      { problem: `its body is not JSON: ${messageOf(thrown)}` },
      { cause: thrown },
    );
  }
}

function step(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;
}
