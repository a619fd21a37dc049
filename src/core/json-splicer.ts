// Large values that leave as the bytes that they came as: while an answer is put together, each has a small placeholder, and
// when its JSON is written the bytes take the placeholder's place.

/** A JSON value, in UTF-8. */
export interface JsonBytes {
  readonly size: number;
  /** Writes it, and gives where it ends. */
  copy(target: Buffer, offset: number): number;
  /** Gives its memory back: it cannot be written any more. */
  release(): void;
}

/** The large values of one answer. */
export interface JsonSplicer {
  /** What stands for a value until the answer is written. */
  place(value: JsonBytes): object;
  /** The JSON of an answer with its values in place, which are given back. */
  splice(text: string): Buffer;
}

/** @param secret What no value can contain, since nobody outside knows it. */
export function createJsonSplicer(secret: string): JsonSplicer {
  const values: JsonBytes[] = [];
  const beginning = `"${secret}:`;
  return {
    place(value) {
      const marker = `${secret}:${values.push(value) - 1}`;
      return { toJSON: () => marker };
    },
    splice: (text) => (values.length === 0 ? Buffer.from(text, 'utf8') : spliceAll(text, beginning, values)),
  };
}

function spliceAll(text: string, beginning: string, values: readonly JsonBytes[]): Buffer {
  const texts: string[] = [];
  const placed: JsonBytes[] = [];
  let from = 0;
  for (let at = text.indexOf(beginning); at >= 0; at = text.indexOf(beginning, from)) {
    const end = text.indexOf('"', at + beginning.length);
    texts.push(text.slice(from, at));
    placed.push(values[Number(text.slice(at + beginning.length, end))]!);
    from = end + 1;
  }
  const rest = text.slice(from);
  const sizes = [...texts, rest].map((part) => Buffer.byteLength(part));
  const bytes = Buffer.allocUnsafe([...sizes, ...placed.map(({ size }) => size)].reduce((sum, size) => sum + size, 0));
  let offset = 0;
  placed.forEach((value, at) => {
    offset += bytes.write(texts[at]!, offset);
    offset = value.copy(bytes, offset);
  });
  bytes.write(rest, offset);
  // A source may have given the same to two of them.
  values.forEach((value) => value.release());
  return bytes;
}
