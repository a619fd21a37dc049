import { createHash, timingSafeEqual } from 'node:crypto';

// API tokens: secrets of machines, made here, of which only a hash is kept. `swt_<id>_<secret>` tells whose it is, so that
// one comparison finds out whether it is the right one, and tools that look for leaked secrets can know it.

/** A token as its file has it. */
export interface ApiToken {
  readonly id: string;
  /** The SHA-256 of the whole token. The secret is random, so that nothing slower is needed. */
  readonly digest: Buffer;
  /** In milliseconds since 1970; null: it does not expire. */
  readonly expiresAt: number | null;
  readonly groups: readonly string[];
}

/** What API tokens begin with. */
export const apiTokenStart = 'swt_';

/** Of random bytes in a token: 256 bits. */
const secretBytes = 32;

const tokenPattern = /^swt_([a-z0-9.-]{1,64})_[A-Za-z0-9_-]{22,128}$/;
const idPattern = /^(?=.{1,64}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;
const groupPattern = /^[^\s\p{C},]{1,256}$/u;

/** The id in a token; null if it is none of ours. */
export function apiTokenId(token: string): string | null {
  return tokenPattern.exec(token)?.[1] ?? null;
}

/** True if a text is that token, found out in the same time whether or not it is. */
export function isApiToken(token: string, { digest }: Pick<ApiToken, 'digest'>): boolean {
  return timingSafeEqual(digestOf(token), digest);
}

/** What somebody wants a token for. */
export interface ApiTokenWanted {
  readonly id: string;
  readonly groups: readonly string[];
  readonly expiresAt: number | null;
}

/**
 * Makes a token: the secret, which is shown once, and the line for the file.
 * @param randomBytes So many unpredictable bytes.
 */
export function makeApiToken(
  wanted: ApiTokenWanted,
  randomBytes: (count: number) => Buffer,
): { readonly secret: string; readonly line: string } {
  const secret = `${apiTokenStart}${wanted.id}_${randomBytes(secretBytes).toString('base64url')}`;
  const expires = wanted.expiresAt === null ? 'never' : new Date(wanted.expiresAt).toISOString();
  const groups = wanted.groups.length === 0 ? '-' : wanted.groups.join(',');
  return { secret, line: `${wanted.id} ${digestOf(secret).toString('hex')} ${expires} ${groups}` };
}

/** What is wrong with what somebody wants; empty if nothing is. */
export function apiTokenProblems({ id, groups, expiresAt }: ApiTokenWanted): string[] {
  const bad = groups.find((group) => !groupPattern.test(group));
  return [
    ...(idPattern.test(id) ? [] : [`the id "${id.slice(0, 80)}" is not of 1 to 64 small letters, digits, "." and "-"`]),
    ...(bad === undefined
      ? []
      : [`the group "${bad.slice(0, 80)}" is empty, too long or has a comma or a space in it`]),
    ...(expiresAt !== null && Number.isNaN(expiresAt)
      ? ['the expiry is neither "never" nor a time such as 2027-01-31T00:00:00Z']
      : []),
  ];
}

/**
 * Reads a file of tokens: lines of id, SHA-256, expiry and groups; lines that are empty or begin with `#` say nothing.
 * @returns The tokens by their ids, or what is wrong with the file.
 */
export function readApiTokens(
  text: string,
): { readonly tokens: ReadonlyMap<string, ApiToken> } | { readonly problems: readonly string[] } {
  const tokens = new Map<string, ApiToken>();
  const problems: string[] = [];
  text.split(/\r?\n/).forEach((line, at) => {
    const content = line.trim();
    if (content === '' || content.startsWith('#')) {
      return;
    }
    const { token, wrong } = readLine(content);
    const twice = tokens.has(token.id) ? [`the id "${token.id}" occurs a second time`] : [];
    problems.push(...[...wrong, ...twice].map((problem) => `line ${at + 1}: ${problem}`));
    tokens.set(token.id, token);
  });
  return problems.length > 0 ? { problems } : { tokens };
}

function readLine(content: string): { readonly token: ApiToken; readonly wrong: readonly string[] } {
  const [id = '', hash = '', expires = '', groups = '', ...rest] = content.split(/\s+/);
  const isHash = /^[0-9a-f]{64}$/.test(hash);
  const token = {
    id,
    digest: Buffer.from(isHash ? hash : '', 'hex'),
    expiresAt: timeOf(expires),
    groups: groups === '-' || groups === '' ? [] : groups.split(','),
  };
  const wrong = [
    ...apiTokenProblems(token),
    ...(isHash ? [] : ['the second word is not a SHA-256 in 64 hexadecimal digits']),
    ...(rest.length > 0 || groups === '' ? ['allowed are four words: id, SHA-256, expiry, and groups or "-"'] : []),
  ];
  return { token, wrong };
}

/** `never` is null; what is no time is NaN. Only times that are whole in themselves, so that no time zone is guessed. */
export function timeOf(text: string): number | null {
  if (text === 'never') {
    return null;
  }
  return /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : NaN;
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}
