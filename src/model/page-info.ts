// The `pageInfo` of a connection. It is a class for its getters: those of an object that is written out make each such object one
// of a shape of its own, and shapes are kept until a full collection, with everything that their getters know. That was the whole
// request, a ninth of the work of every small one (measured).

/** One end of a page. */
export type PageEnd = 'START' | 'END';

/** What Relay wants to know of a page. Cursors are costly, and are made when they are asked for. */
export class PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly #cursorAt: (end: PageEnd) => string | null;

  constructor(
    { hasNextPage, hasPreviousPage }: Pick<PageInfo, 'hasNextPage' | 'hasPreviousPage'>,
    cursorAt: (end: PageEnd) => string | null,
  ) {
    this.hasNextPage = hasNextPage;
    this.hasPreviousPage = hasPreviousPage;
    this.#cursorAt = cursorAt;
  }

  get startCursor(): string | null {
    return this.#cursorAt('START');
  }

  get endCursor(): string | null {
    return this.#cursorAt('END');
  }
}
