import type { Coverage } from './coverage.ts';

// Who asks. Found out where a request comes in, and judged where something is looked at or changed.

/** Who asks. */
export interface Principal {
  /** Unique among those that the same site vouches for; `anonymous` for whoever does not say who they are. */
  readonly subject: string;
  readonly groups: readonly string[];
  /** The other site that vouches for them; null for those that this site knows itself. */
  readonly site: string | null;
  /** When that ends to be true, in milliseconds since 1970; null: it does not end by itself. */
  readonly expiresAt: number | null;
}

/** Whoever does not say who they are. */
export const anonymous: Principal = { subject: 'anonymous', groups: [], site: null, expiresAt: null };

/** How operations and records of what was done name them: a subject that another site vouches for is not one of ours. */
export function actorOf({ subject, site }: Principal): string {
  return site === null ? subject : `${subject} of site:${site}`;
}

/** Whoever asks, as they look at themselves: the parent of the fields of the GraphQL type. */
export interface ViewerView {
  readonly principal: Principal;
  readonly coverage: Coverage;
}
