/** Decompresses from memory as a capture is decompressed: to its end, or to its fault. */
import { streamSource } from '../src/capture/byte-source.ts';
import { unwrap } from '../src/capture/compression/unwrap.ts';
import { Window } from '../src/capture/window.ts';
import { pieces } from './traffic.ts';

export type Unpacked = {
  readonly bytes: Buffer;
  readonly compressions: readonly string[];
  readonly fault: { readonly code: string; readonly offset: number; readonly message: string } | null;
};

export async function unpack(content: Uint8Array, pieceBytes = content.length): Promise<Unpacked> {
  const outer = new Window(streamSource(pieces(content, pieceBytes), 'file'));
  const { window, compressions } = await unwrap(outer, 'file', undefined);
  const parts: Buffer[] = [];
  for (;;) {
    parts.push(Buffer.from(window.unread));
    window.at = window.end;
    if (window.ended) break;
    await window.more();
  }
  const { fault } = window;
  const said = fault && { code: fault.code, offset: fault.offset, message: fault.message };
  return { bytes: Buffer.concat(parts), compressions, fault: said };
}
