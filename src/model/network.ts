// A network of virtual machines, as drivers report it. What a source cannot know is null.

/** A network. */
export interface Network {
  readonly localId: string;
  readonly name: string;
  /** The manager's own word, for example `nat`. */
  readonly kind: string | null;
  readonly vlanId: number | null;
  readonly bridge: string | null;
  /** Address ranges such as `192.168.122.0/24`. */
  readonly cidrs: readonly string[];
}
