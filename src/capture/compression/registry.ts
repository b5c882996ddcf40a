import type { Compression } from './compression.ts';
import { gzip } from './gzip.ts';
import { zstd } from './zstd.ts';

/** Every compression that is read. */
export const compressions: readonly Compression[] = [gzip, zstd];
