import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

import { apiSubjectPrefix } from '../config/auth-schema.ts';
import { invalid } from '../config/config.ts';
import { watchFiles } from '../config/watch-files.ts';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { Principal } from '../model/principal.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type ApiToken, apiTokenId, isApiToken, readApiTokens } from './api-token.ts';
import { refuseToken } from './token-refusal.ts';

// The API tokens that are in force: those of a file, which is read again when it changes. A new one that cannot be used is
// named in the log and changes nothing.

/** Knows machines by their tokens. Disposing ends the watch. */
export interface ApiTokens extends AsyncDisposable {
  /** @throws SitewideError `TOKEN_MALFORMED`, `TOKEN_REVOKED` or `TOKEN_EXPIRED`. */
  principalOf(token: string): Principal;
}

interface ApiTokensOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

type Tokens = ReadonlyMap<string, ApiToken>;

/** What an unknown id is compared with, so that it takes as long as a known one. */
const nobody = { digest: Buffer.alloc(32) };

/**
 * The tokens of a file.
 * @throws SitewideError `CONFIG_INVALID` if it cannot be read now.
 */
export function openApiTokens(options: ApiTokensOptions): ApiTokens {
  const { file, clock, logger } = options;
  let tokens = parse(readNow(file), file);
  const read = async (): Promise<void> => {
    try {
      tokens = parse(await readFile(file, 'utf8'), file);
    } catch (thrown) {
      const problem = messageOf(thrown);
      logger.error({ file, problem }, 'The new API tokens are refused; those before stay in force.');
    }
  };
  const watching = watchFiles({ files: () => [file], clock, read });
  return {
    principalOf: (token) => principalOf(token, tokens, clock),
    [Symbol.asyncDispose]: () => watching[Symbol.asyncDispose](),
  };
}

function readNow(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    throw invalid(file, [`cannot be read: ${messageOf(thrown)}`]);
  }
}

function parse(text: string, file: string): Tokens {
  const reading = readApiTokens(text);
  if ('problems' in reading) {
    throw invalid(file, reading.problems);
  }
  return reading.tokens;
}

function principalOf(token: string, tokens: Tokens, clock: Clock): Principal {
  const id = apiTokenId(token);
  if (id === null) {
    throw refuseToken('TOKEN_MALFORMED', 'it begins like an API token and is none');
  }
  const found = tokens.get(id);
  if (!isApiToken(token, found ?? nobody) || !found) {
    throw refuseToken('TOKEN_REVOKED', `no API token "${id}" with that secret is in the file`);
  }
  const { expiresAt, groups } = found;
  if (expiresAt !== null && expiresAt <= clock.now()) {
    throw refuseToken('TOKEN_EXPIRED', `the API token "${id}" has expired`);
  }
  return { subject: `${apiSubjectPrefix}${id}`, groups, site: null, expiresAt };
}
