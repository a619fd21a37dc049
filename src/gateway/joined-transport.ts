import { readSourceName } from '../model/source-name.ts';
import type { PeerTransport } from './peer-transport.ts';

// Which wire leads to whom: one for the installations of the own site, another for other sites.

interface Wires {
  readonly installations: PeerTransport;
  readonly sites: PeerTransport;
}

/** A transport to every source. Disposing it disposes both. */
export function joinTransports({ installations, sites }: Wires): PeerTransport {
  const to = (source: string): PeerTransport => (readSourceName(source).kind === 'site' ? sites : installations);
  return {
    send: (request, options) => to(options.source).send(request, options),
    ...(installations.open &&
      sites.open && {
        open: (request, options) => to(options.source).open!(request, options),
      }),
    probe: (options) => to(options.source).probe(options),
    forget(url) {
      installations.forget(url);
      sites.forget(url);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([installations[Symbol.asyncDispose](), sites[Symbol.asyncDispose]()]);
    },
  };
}
