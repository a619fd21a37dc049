import { hostname, networkInterfaces } from 'node:os';

import { SitewideError } from '../core/errors.ts';
import { nearestName } from './nearest-name.ts';
import type { SiteConfig } from './schema.ts';

// What must hold between the parts of a configuration: no id and no address twice, and this broker is a part of its site.

/**
 * Refuses sites in which an installation occurs twice: its rows would be counted twice.
 * @throws SitewideError `DUPLICATE_INSTALLATION`.
 */
export function refuseDuplicateInstallations(sites: readonly SiteConfig[], file: string): void {
  const owners = new Map<string, string>();
  for (const { id: site, installations } of sites) {
    for (const { id: installation } of installations) {
      const other = owners.get(installation);
      if (other !== undefined) {
        const where =
          other === site
            ? `${file} lists it more than once in site "${site}"`
            : `${file} lists it in site "${other}" and in site "${site}"`;
        throw new SitewideError('DUPLICATE_INSTALLATION', { installation, where });
      }
      owners.set(installation, site);
    }
  }
}

/** What is wrong between the sites of a federation; empty if nothing is. */
export function federationProblems(sites: readonly SiteConfig[]): string[] {
  const urls = sites
    .flatMap(({ installations }) => installations)
    .flatMap(({ brokers }) => brokers.map(({ url }) => url));
  return [
    ...duplicates(sites.map(({ id }) => id)).map((id) => `federation: site "${id}" occurs more than once`),
    ...sites.flatMap((site) => duplicates(idsOf(brokersOf(site))).map((id) => doubleBroker(site, id))),
    ...duplicates(urls).map(
      (url) => `federation: broker url "${url}" occurs more than once; each broker has an address of its own`,
    ),
  ];
}

function doubleBroker({ id: site }: SiteConfig, id: string): string {
  return `federation: broker id "${id}" occurs more than once in site "${site}"; each needs an id of its own`;
}

function brokersOf({ installations }: SiteConfig): SiteConfig['installations'][number]['brokers'] {
  return installations.flatMap(({ brokers }) => brokers);
}

/** What is wrong with the brokers of a site; empty if nothing is. */
export function brokerProblems(site: SiteConfig): string[] {
  const brokers = brokersOf(site);
  return [
    ...duplicates(brokers.map(({ id }) => id)).map(
      (id) => `site: broker id "${id}" occurs more than once; each broker of a site needs an id of its own`,
    ),
    ...duplicates(brokers.map(({ url }) => url)).map(
      (url) => `site: broker url "${url}" occurs more than once; each broker has an address of its own`,
    ),
  ];
}

/** What is wrong with the place of one broker in its site; empty if nothing is. */
export function placeProblems(site: SiteConfig, installation: string, broker: string): string[] {
  const own = site.installations.find(({ id }) => id === installation);
  if (!own) {
    return [unknownName('installation', installation, `site "${site.id}"`, idsOf(site.installations))];
  }
  if (!own.brokers.some(({ id }) => id === broker)) {
    return [unknownName('broker', broker, `installation "${installation}"`, idsOf(own.brokers))];
  }
  return [];
}

/**
 * What is wrong with the addresses of the other brokers: one at which this broker itself listens would have it ask itself
 * in another's name.
 * @param broker This broker; null for a site that it is not in.
 */
export function selfProblems(
  site: SiteConfig,
  broker: string | null,
  listen: { readonly host: string; readonly port: number },
): string[] {
  return brokersOf(site)
    .filter(({ id, url }) => id !== broker && leadsTo(new URL(url), listen))
    .map(({ id, url }) => {
      const self = broker === null ? 'this broker' : `this broker, "${broker}",`;
      return `${broker === null ? 'federation' : 'site'}: broker "${id}" has the url "${url}", where ${self} listens itself`;
    });
}

/** What is listened at, and how brokers are reached. */
interface Reachability {
  readonly sites: readonly SiteConfig[];
  /** Whether this broker has certificates. */
  readonly tls: boolean;
  readonly listen: { readonly host: string };
  /** What the file says of where it listens. */
  readonly said: { readonly peers?: object | undefined; readonly open: boolean };
  /** Whether users have to say who they are. */
  readonly auth: boolean;
}

/** What is wrong with certificates or with going without; empty if nothing is. */
export function certificateProblems({ sites, tls, listen, said, auth }: Reachability): string[] {
  const wanted = tls ? 'https:' : 'http:';
  const wrong = sites.flatMap(brokersOf).filter(({ url }) => new URL(url).protocol !== wanted);
  return [
    ...wrong.map(
      ({ id, url }) =>
        `site: broker "${id}" has the url "${url}"; ${tls ? 'with' : 'without'} "tls" all of them begin with ${wanted}//`,
    ),
    ...(tls || isLoopback(listen.host)
      ? []
      : [`listen.host: found "${listen.host}"; without "tls" only this machine may come in, for example at 127.0.0.1`]),
    ...(!tls || auth || said.open || isLoopback(listen.host) ? [] : [openProblem(listen.host)]),
    ...(tls || said.peers === undefined ? [] : ['listen.peers: found it without "tls", which it needs']),
  ];
}

function openProblem(host: string): string {
  const meant = 'say "open: true" there if that is meant, for example for a trial';
  return `listen.host: found "${host}" without "auth", so that whoever reaches it could do everything; configure "auth", or ${meant}`;
}

function leadsTo({ hostname: host, port, protocol }: URL, listen: { host: string; port: number }): boolean {
  if (listen.port !== (port === '' ? defaultPort(protocol) : Number(port))) {
    return false;
  }
  const name = host.replace(/^\[|\]$/g, '');
  if (listen.host !== '0.0.0.0' && listen.host !== '::') {
    return name === listen.host || (name === 'localhost' && isLoopback(listen.host));
  }
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return name === 'localhost' || name === hostname() || isLoopback(name) || own.some(({ address }) => address === name);
}

/** Whether it names this machine only. */
export function isLoopback(name: string): boolean {
  return name === '::1' || /^127(\.\d+){3}$/.test(name) || name === 'localhost';
}

/** The port of an address that names none. */
export function defaultPort(protocol: string): number {
  return protocol === 'https:' ? 443 : 80;
}

function unknownName(key: string, found: string, where: string, known: readonly string[]): string {
  const nearest = nearestName(found, known);
  const hint = nearest === null ? '' : `; did you mean "${nearest}"?`;
  return `${key}: found "${found}", which ${where} does not have${hint} (it has ${known.join(', ')})`;
}

function idsOf(items: readonly { readonly id: string }[]): string[] {
  return items.map(({ id }) => id);
}

function duplicates(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, at) => values.indexOf(value) !== at))];
}
