// The names of sources, such as `installation:lyon-a` or `site:lyon`: what a source is, and its configured id.

/** A name taken apart. */
export interface SourceName {
  readonly kind: 'installation' | 'site';
  readonly id: string;
}

/** The source that is an installation. */
export function installationSource(id: string): string {
  return `installation:${id}`;
}

/** The source that is a site. */
export function siteSource(id: string): string {
  return `site:${id}`;
}

/** Takes a name apart that one of the functions above has made. */
export function readSourceName(name: string): SourceName {
  const at = name.indexOf(':');
  return { kind: name.startsWith('site:') ? 'site' : 'installation', id: name.slice(at + 1) };
}
