import type { TlsConfig } from '../../config/tls-schema.ts';
import { watchFiles } from '../../config/watch-files.ts';
import type { Clock } from '../../core/clock.ts';
import type { PeerIdentity } from '../../model/peer.ts';
import { loadMaterial, type TlsMaterial } from './material.ts';

// The certificates that a broker uses now. They are read again when their files change; what cannot be used is refused, and
// what was there before stays.

/** The certificates of a broker, which may change at any time. */
export interface Keyring {
  readonly current: TlsMaterial;
  /** Calls back each time others have come into force, until the function given back is called. */
  onChange(listener: () => void): () => void;
}

/** A keyring that follows its files. Disposing it ends that. */
export interface FollowedKeyring extends Keyring, AsyncDisposable {
  /** Has the files read again. */
  look(): void;
}

interface KeyringOptions {
  readonly tls: TlsConfig;
  readonly identity: PeerIdentity;
  readonly clock: Clock;
  /** Told of certificates that came into force after the first. */
  readonly onRenewed: (material: TlsMaterial) => void;
  readonly onRefused: (error: unknown) => void;
}

/**
 * Reads the certificates and follows their files.
 * @throws SitewideError `CONFIG_INVALID`.
 */
export async function openKeyring(options: KeyringOptions): Promise<FollowedKeyring> {
  const { tls, identity, clock, onRenewed, onRefused } = options;
  const listeners = new Set<() => void>();
  let current = await loadMaterial(tls, identity);
  const files = [...filesOf(tls)];
  const read = async (): Promise<void> => {
    try {
      const next = await loadMaterial(tls, identity);
      if (textOf(next) !== textOf(current)) {
        current = next;
        listeners.forEach((listener) => listener());
        onRenewed(next);
      }
    } catch (thrown) {
      onRefused(thrown);
    }
  };
  const watching = watchFiles({ files: () => files, clock, read });
  return {
    get current() {
      return current;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    look: () => watching.look(),
    [Symbol.asyncDispose]: () => watching[Symbol.asyncDispose](),
  };
}

function* filesOf({ certificate, key, clients, authorities, revoked }: TlsConfig): Iterable<string> {
  yield* [certificate, key, ...authorities, ...revoked];
  if (clients) {
    yield* [clients.certificate, clients.key];
  }
}

/** What tells one from another. */
function textOf({ certificate, key, clients, authorities, revocations }: TlsMaterial): string {
  return JSON.stringify([certificate, key, clients, authorities, revocations.text]);
}
