import { z } from 'zod';

import { strict, text } from './rules.ts';

// The certificates of a broker: the section `tls` of its configuration.

const file = text('the name of a file').min(1);

const pair = strict({ certificate: file, key: file });

/** The section. */
export const tlsSchema = strict({
  /** Shown to other brokers, and to clients as well unless there is another one for them. */
  ...pair.shape,
  clients: pair.optional(),
  authorities: z
    .array(file, { error: () => 'a list of files with the certificates of those who may vouch for brokers' })
    .min(1, { error: () => 'at least one file' }),
  revoked: z.array(file, { error: () => 'a list of files with revocation lists' }).default([]),
});

/** The files of a broker's certificates. */
export type TlsConfig = z.output<typeof tlsSchema>;

/** The same files, as seen from the folder of the configuration. */
export function resolveTls(tls: TlsConfig, resolve: (file: string) => string): TlsConfig {
  const { certificate, key, clients, authorities, revoked } = tls;
  const pairOf = (one: { certificate: string; key: string }): { certificate: string; key: string } => ({
    certificate: resolve(one.certificate),
    key: resolve(one.key),
  });
  return {
    ...pairOf({ certificate, key }),
    ...(clients && { clients: pairOf(clients) }),
    authorities: authorities.map(resolve),
    revoked: revoked.map(resolve),
  };
}
