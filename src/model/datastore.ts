// A place where disks lie, as drivers report it. What a source cannot know is null.

/** A datastore. */
export interface Datastore {
  readonly localId: string;
  readonly name: string;
  /** The manager's own word, for example `dir`. */
  readonly kind: string | null;
  readonly capacityBytes: number | null;
  readonly freeBytes: number | null;
}
