import type { z } from 'zod';

import { defaultPort } from './check-site.ts';
import type { fileSchema, SiteConfig } from './schema.ts';

// Where a broker is reached: what its file says, what the environment says over it, and what follows from its address.

/** Where something is listened at. */
export interface Listening {
  readonly host: string;
  readonly port: number;
}

/** Who does not say where to listen is reachable from this machine only. */
const loopback = '127.0.0.1';

/** The usual port of HTTPS where people may not use the one that belongs to it. */
const clientsPort = 8443;

interface ListeningOptions {
  readonly site: SiteConfig;
  /** What the environment says. */
  readonly host: string | undefined;
  readonly port: number | undefined;
}

/** With certificates the broker's address is that for other brokers, and clients have one of their own. */
export function listeningOf(
  raw: Place,
  { site, host, port }: ListeningOptions,
): { readonly own: Listening; readonly peers: Listening | null } {
  const { listen, tls } = raw;
  const ownHost = host ?? listen.host ?? loopback;
  const urlPort = portOfUrl(raw, site);
  return tls
    ? {
        own: { host: ownHost, port: port ?? listen.port ?? clientsPort },
        peers: { host: listen.peers?.host ?? ownHost, port: listen.peers?.port ?? urlPort },
      }
    : { own: { host: ownHost, port: port ?? listen.port ?? urlPort }, peers: null };
}

/** What the file says of it. */
type Place = Pick<z.output<typeof fileSchema>, 'listen' | 'tls' | 'installation' | 'broker'>;

/** The port of the broker's address. */
function portOfUrl({ installation, broker }: Place, site: SiteConfig): number {
  const own = site.installations.find(({ id }) => id === installation)?.brokers.find(({ id }) => id === broker);
  const url = new URL(own!.url);
  return url.port === '' ? defaultPort(url.protocol) : Number(url.port);
}
