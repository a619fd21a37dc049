// Large buffers lie outside the heap, and the engine learns that nobody needs them any more only by collecting all of it, which it
// does for every few dozen megabytes of them. Who passes on a lot of bytes gives them back by hand: a broker that merges a
// thousand rows spent half its time in collections before it did (measured).

/**
 * Gives the memory of a buffer back at once; it and every view of its memory are empty from then on. One that may lie in memory that
 * it shares with others, as small ones do, is left alone.
 * @param bytes Nobody else may need any of it.
 */
export function release({ buffer, length }: Buffer): void {
  if (length >= Buffer.poolSize / 2 && buffer instanceof ArrayBuffer && !buffer.detached) {
    buffer.transfer(0);
  }
}

/** The same bytes so that they can be given back: large ones that lie in memory with others are copied. */
export function unshared(bytes: Buffer): Buffer {
  if (bytes.length < Buffer.poolSize / 2 || bytes.length === bytes.buffer.byteLength) {
    return bytes;
  }
  const own = Buffer.allocUnsafeSlow(bytes.length);
  own.set(bytes);
  return own;
}
