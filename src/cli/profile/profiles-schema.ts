import { parseDocument } from 'yaml';
import { z } from 'zod';

import { SitewideError } from '../../core/errors.ts';
import { contextNamePattern } from './context.ts';

// The contexts of a user, as they stand in their file: for each a list of brokers, whom to trust and where to log in, and
// the tokens of the login if there is one. No message of this file quotes what it found: it may be a token.

const tokensSchema = z.strictObject({
  /** What brokers are shown. */
  token: z.string(),
  /** When it expires, ISO 8601; null if nobody says. */
  expiresAt: z.string().nullable(),
  /** What a new one is got for; null: then one has to log in again. */
  refreshToken: z.string().nullable(),
});

const contextSchema = z.strictObject({
  endpoints: z.array(z.url({ protocol: /^https?$/ })).optional(),
  /** The absolute path of a file with the certificates that brokers are trusted by, instead of those of the system. */
  ca: z.string().optional(),
  issuer: z.url({ protocol: /^https?$/ }).optional(),
  clientId: z.string().optional(),
  scope: z.string().optional(),
  /** For whom the token is wanted (RFC 8707). */
  resource: z.string().optional(),
  /** True: brokers are shown the ID token, for issuers whose access tokens only they themselves can read. */
  idToken: z.boolean().optional(),
  tokens: tokensSchema.optional(),
});

const profilesSchema = z.strictObject({
  current: z.string().nullable().default(null),
  contexts: z.record(z.string().regex(contextNamePattern), contextSchema).default({}),
});

/** What a login gave. */
export type Tokens = Readonly<z.infer<typeof tokensSchema>>;

/** Brokers, whom to trust, and who one is there. */
export type Context = Readonly<z.infer<typeof contextSchema>>;

/** The contexts of a user, and the one that is used if none is named. */
export interface Profiles {
  readonly current: string | null;
  readonly contexts: Readonly<Record<string, Context>>;
}

/**
 * Reads the text of a file.
 * @throws SitewideError `CONFIG_INVALID` with every problem and its place, and nothing of what stands there.
 */
export function parseProfiles(text: string, file: string): Profiles {
  const { success, data, error } = profilesSchema.safeParse(readValue(text, file) ?? {});
  if (!success) {
    const problem = error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`).join('; ');
    throw new SitewideError('CONFIG_INVALID', { file, problem });
  }
  return data;
}

/** The value of a YAML text. What the parser says of a mistake quotes it, so that only its line is told. */
function readValue(text: string, file: string): unknown {
  const document = parseDocument(text, { prettyErrors: false });
  const [mistake] = document.errors;
  if (mistake) {
    const line = text.slice(0, mistake.pos[0]).split('\n').length;
    throw new SitewideError('CONFIG_INVALID', { file, problem: `not YAML in line ${line}` });
  }
  try {
    return document.toJS();
  } catch {
    throw new SitewideError('CONFIG_INVALID', { file, problem: 'it has an alias that cannot be followed' });
  }
}
