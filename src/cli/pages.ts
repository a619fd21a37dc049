import type { TypedAnswer } from './ask.ts';

// Reading a list to its end, page by page, as one answer.

interface Page {
  readonly nodes: readonly unknown[] | null;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/**
 * All pages of a list as one answer: the rows of all, the coverage of the last, which names what any page missed. A page
 * with an error ends it, with what there is.
 * @param field The root field.
 */
export async function allPages<Data>(
  field: keyof Data & string,
  read: (after: string | null) => Promise<TypedAnswer<Data>>,
): Promise<TypedAnswer<Data>> {
  const nodes: unknown[] = [];
  let answer = await read(null);
  for (;;) {
    const page = (answer.data?.[field] ?? null) as Page | null;
    nodes.push(...(page?.nodes ?? []));
    if (page === null || !page.pageInfo.hasNextPage || answer.errors.length > 0) {
      break;
    }
    answer = await read(page.pageInfo.endCursor);
  }
  const last = (answer.data?.[field] ?? null) as Page | null;
  const data = last === null && nodes.length === 0 ? answer.data : { [field]: { ...last, nodes } };
  return { ...answer, data: data as TypedAnswer<Data>['data'] };
}

/** The answer without its `pageInfo`, which is of no use to people who read a list. */
export function withoutPaging<Data>(answer: TypedAnswer<Data>, field: keyof Data & string): TypedAnswer<Data> {
  const page = (answer.data?.[field] ?? null) as Page | null;
  if (page === null) {
    return answer;
  }
  const { pageInfo: _, ...rest } = page;
  return { ...answer, data: { ...answer.data, [field]: rest } as TypedAnswer<Data>['data'] };
}
