import type { InstallationView } from '../model/site.ts';
import type { Source } from './coverage.ts';

// Finds an installation for resolvers of other nouns.

/** The installation as the site's view has it; while it has not, what is configured of our own; null if unknown. */
export function findInstallation({ installation, siteView }: Source, id: string): InstallationView | null {
  const seen = siteView().installations.find((one) => one.id === id);
  return seen ?? (id === installation.id ? { ...installation, brokers: [] } : null);
}
