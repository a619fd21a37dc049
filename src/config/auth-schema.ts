import { z } from 'zod';

import { integer, strict, text } from './rules.ts';

// The section `auth`: whose tokens are taken, and what becomes of whoever shows none.

/** How tokens may be signed: with a private key only, so that what verifies a token cannot make one. */
export const tokenAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

const audience = text('the audience that tokens must name, for example "sitewide"').min(1).max(500);

const issuer = strict({
  issuer: text('what the tokens of the issuer have in "iss", for example "https://id.example.org"').min(1).max(500),
  audience: z
    .union([audience, z.array(audience).min(1)], {
      error: () => 'an audience that tokens must name, or a list of them',
    })
    .transform((value) => (typeof value === 'string' ? [value] : value)),
  jwksUrl: text('the https address of the keys of the issuer').refine(isTrustworthyUrl).optional(),
  jwksFile: text('the name of a file with the keys of the issuer').min(1).optional(),
  algorithms: z
    .array(z.enum(tokenAlgorithms), { error: () => `a list of ${tokenAlgorithms.join(', ')}` })
    .min(1)
    .default([...tokenAlgorithms]),
  clockSkewMs: integer(0, 300_000).default(30_000),
  subjectClaim: text('the name of a claim').min(1).max(200).default('sub'),
  groupsClaim: text('the name of a claim').min(1).max(200).default('groups'),
  prefix: text('small letters, digits, "." and "-" and then ":", for example "corp:"')
    .regex(/^[a-z0-9][a-z0-9.-]{0,62}:$/)
    .optional(),
});

/** The section. */
export const authSchema = strict({
  anonymous: z.enum(['none', 'read'], { error: () => '"none" or "read"' }).default('none'),
  issuers: z.array(issuer, { error: () => 'a list of issuers, each with "issuer" and "audience"' }).default([]),
  tokensFile: text('the name of a file with API tokens').min(1).optional(),
});

/** Who is known by which tokens. Files are named in full. */
export type AuthConfig = z.output<typeof authSchema>;
/** One whose tokens are taken. */
export type IssuerConfig = AuthConfig['issuers'][number];

/** What the subjects of API tokens begin with, so that they are nobody else's. */
export const apiSubjectPrefix = 'token:';

/** What is wrong with the section; empty if nothing is. */
export function authProblems({ issuers, anonymous, tokensFile }: AuthConfig): string[] {
  const several = issuers.length > 1;
  const nobody = issuers.length === 0 && tokensFile === undefined && anonymous === 'none';
  return [
    ...(nobody
      ? ['auth: found nobody who may come in; allowed is at least one of "issuers", "tokensFile" and "anonymous: read"']
      : []),
    ...repeated(issuers.map((one) => one.issuer)).map((one) => `auth.issuers: issuer "${one}" occurs more than once`),
    ...issuers.flatMap((one, at) => issuerProblems(one).map((problem) => `auth.issuers[${at}].${problem}`)),
    ...(several && issuers.some(({ prefix }) => prefix === undefined)
      ? [
          'auth.issuers: found several of them; each needs a "prefix" of its own, so that none can name the users of another',
        ]
      : []),
    ...repeated(issuers.flatMap(({ prefix }) => prefix ?? [])).map(
      (prefix) => `auth.issuers: prefix "${prefix}" occurs more than once; each issuer needs one of its own`,
    ),
  ];
}

function issuerProblems({ issuer: name, jwksUrl, jwksFile, prefix }: IssuerConfig): string[] {
  const isDiscovered = jwksUrl === undefined && jwksFile === undefined;
  return [
    ...(jwksUrl !== undefined && jwksFile !== undefined
      ? ['jwksUrl: found both of "jwksUrl" and "jwksFile"; allowed is at most one of them']
      : []),
    ...(isDiscovered && !isTrustworthyUrl(name)
      ? [`issuer: found "${name}"; allowed is an https address, or anything with "jwksUrl" or "jwksFile"`]
      : []),
    ...(prefix === apiSubjectPrefix ? [`prefix: found "${prefix}", with which the subjects of API tokens begin`] : []),
  ];
}

/** Whoever may answer in the place of an issuer can make tokens, so its name has to be proved; this machine is itself. */
function isTrustworthyUrl(value: string): boolean {
  const url = URL.parse(value);
  const isHere = url !== null && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  return url !== null && url.username === '' && (url.protocol === 'https:' || (url.protocol === 'http:' && isHere));
}

function repeated(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, at) => values.indexOf(value) !== at))];
}
