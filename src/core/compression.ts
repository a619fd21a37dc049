import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants, gunzip, gzip, zstdCompress, zstdDecompress } from 'node:zlib';

// Bodies made smaller, off the event loop. What comes back to its size is bounded, whatever its sender says.

/** The ways of compressing, the best first: zstd is as small as gzip in a fraction of its time. */
export const encodings = ['zstd', 'br', 'gzip'] as const;

/** A way of compressing, by its name in HTTP. */
export type Encoding = (typeof encodings)[number];

/** Below this a body is not compressed, in bytes: it fits into one packet as it is. */
export const worthwhileBytes = 1_024;

/** Compresses. */
export function compress(bytes: Buffer, encoding: Encoding): Promise<Buffer> {
  switch (encoding) {
    case 'zstd':
      return promisify(zstdCompress)(bytes, { params: { [constants.ZSTD_c_compressionLevel]: zstdLevel } });
    case 'br':
      return promisify(brotliCompress)(bytes, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: brotliQuality,
          [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        },
      });
    case 'gzip':
      return promisify(gzip)(bytes, { level: gzipLevel });
  }
}

/**
 * Gives the bytes that were compressed.
 * @throws Error as node makes it: with the code `ERR_BUFFER_TOO_LARGE` if they are more than `limitBytes`.
 */
export async function decompress(bytes: Buffer, encoding: Encoding, limitBytes: number): Promise<Buffer> {
  const maxOutputLength = limitBytes;
  switch (encoding) {
    case 'zstd':
      return promisify(zstdDecompress)(bytes, {
        maxOutputLength,
        params: { [constants.ZSTD_d_windowLogMax]: zstdWindowLog },
      });
    case 'br':
      return promisify(brotliDecompress)(bytes, { maxOutputLength });
    case 'gzip':
      return promisify(gunzip)(bytes, { maxOutputLength });
  }
}

/** What zstd itself takes: 500 MB a second, and JSON becomes a sixth. */
const zstdLevel = 3;
/** What is asked for by old clients only need not be the smallest: a third of the time of the usual 6. */
const gzipLevel = 1;
/** The usual 11 takes a hundred times as long for a tenth less. */
const brotliQuality = 4;
/** 8 MiB of memory for one body at most; level 3 writes with 2 MiB. */
const zstdWindowLog = 23;
