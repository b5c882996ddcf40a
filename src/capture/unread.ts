import { beginsLikePcap } from './pcap-header.ts';
import { looksBinary } from './text-head.ts';

/** Formats that are known by their first bytes and not read, with a way out. */
const UNREAD: readonly { readonly magic: readonly number[]; readonly name: string; readonly hint: string }[] = [
  {
    magic: [0x04, 0x22, 0x4d, 0x18],
    name: 'lz4',
    hint: 'decompress it first: `lz4 -dc FILE | netpol-replay replay ... -`',
  },
  { magic: [0x42, 0x5a, 0x68], name: 'bzip2', hint: 'decompress it first: `bzip2 -dc FILE | ...`' },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], name: 'xz', hint: 'decompress it first: `xz -dc FILE | ...`' },
  { magic: [0x50, 0x4b, 3, 4], name: 'a zip archive', hint: 'unpack it first: `unzip FILE`' },
];

/** A capture's magic behind at least one byte of text. */
const MAX_SHOWN = 60;

/** Why nobody reads an input that begins like this: what it is, and a way out where there is one. */
export function whyUnread(head: Uint8Array): { readonly code: 'UNSUPPORTED' | 'UNKNOWN_FORMAT'; readonly why: string } {
  const known = UNREAD.find(({ magic }) => magic.every((byte, i) => head[i] === byte));
  if (known !== undefined)
    return { code: 'UNSUPPORTED', why: `this is ${known.name}, which is not read; ${known.hint}` };
  const captureAt = head.findIndex(
    (_, at) => at > 0 && head.length - at >= 4 && beginsLikeCapture(head.subarray(at, at + 4)),
  );
  if (captureAt > 0 && !looksBinary(head.subarray(0, captureAt))) {
    const text = new TextDecoder().decode(head.subarray(0, Math.min(captureAt, MAX_SHOWN))).split('\n')[0]!;
    const hint = 'a program wrote to the same stream: use `kubectl exec`, or `kubectl debug -q`, and `2>/dev/null`';
    return {
      code: 'UNKNOWN_FORMAT',
      why: `${captureAt} bytes of text stand before the capture, \`${clean(text)}\`; ${hint}`,
    };
  }
  return { code: 'UNKNOWN_FORMAT', why: 'neither a pcap capture nor a tuple file (JSON lines with `src` and `dst`)' };
}

const PCAPNG = [0x0a, 0x0d, 0x0d, 0x0a];
const beginsLikeCapture = (bytes: Uint8Array): boolean =>
  beginsLikePcap(bytes) || PCAPNG.every((byte, i) => bytes[i] === byte);

/** Control characters of an input never reach a terminal. */
const clean = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?');
