// GraphQL over HTTP as any client would do it.

/** An answer. */
export interface Answer<Data> {
  readonly status: number;
  readonly data: Data | null | undefined;
  readonly errors: readonly { message: string; path?: (string | number)[]; extensions: { code: string } }[];
  readonly extensions: {
    readonly coverage?: Record<
      string,
      { complete: boolean; sources: { id: string; status: string; message: string | null; rows: number | null }[] }
    >;
  };
}

/** Asks and gives back whatever comes. */
export async function query<Data = Record<string, never>>(
  url: string,
  text: string,
  variables: Record<string, unknown> = {},
): Promise<Answer<Data>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: text, variables }),
    signal: AbortSignal.timeout(30_000),
  });
  const body = (await response.json()) as Partial<Answer<Data>>;
  return {
    status: response.status,
    data: body.data,
    errors: body.errors ?? [],
    extensions: body.extensions ?? {},
  };
}

/** Asks and expects an answer without errors. */
export async function ask<Data>(url: string, text: string, variables: Record<string, unknown> = {}): Promise<Data> {
  const answer = await query<Data>(url, text, variables);
  if (answer.errors.length > 0 || !answer.data) {
    throw new Error(`${url} answered ${answer.status}: ${JSON.stringify(answer.errors)}`);
  }
  return answer.data;
}
