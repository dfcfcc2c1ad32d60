import { createCipheriv, createHash } from 'node:crypto';

/**
 * Pseudo-random bytes, the same for the same seed on every machine: the key stream of AES-128 in counter mode, whose key is
 * the SHA-256 of the seed. Streams of different seeds are independent. A gigabyte takes a second.
 */
export function keyStream(seed: string, length: number): Buffer {
  const key = createHash('sha256').update(seed).digest().subarray(0, 16);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}
