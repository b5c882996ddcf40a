import { beginsLikePcap } from './pcap-header.ts';
import { firstObject, looksBinary } from './text-head.ts';

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
  const log = whyUnreadLog(head);
  if (log !== null) return { code: 'UNSUPPORTED', why: log };
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

/** Logs as JSON that are known and not read, with a way out. */
function whyUnreadLog(head: Uint8Array): string | null {
  if (looksBinary(head)) return null;
  const text = new TextDecoder().decode(head).trimStart();
  const list = /^\[\s*\{/.test(text) ? '.[]' : (/^\{\s*"(items|flows|records)"\s*:\s*\[/.exec(text)?.[1] ?? null);
  if (list !== null)
    return `this is a JSON list: records are read one a line, \`jq -c '${list === '.[]' ? list : `.${list}[]`}' FILE | netpol-replay replay ... -\``;
  const first = firstObject(head, 0, true);
  if (first === 'none' || first === 'undecided' || !namesEnds(first.value, 2)) return null;
  return "this is a flow log of Calico's that names endpoints and has no addresses (Goldmane, Whisker), which is not read; capture what the nodes log instead: `tcpdump -i nflog:1` (docs/captures.md)";
}

const NAMES = ['source_name', 'sourceName', 'source_name_aggr'];

/** Does an object, or one within it, name the source of a flow? */
const namesEnds = (value: unknown, depth: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (NAMES.some((name) => name in value) || (depth > 0 && Object.values(value).some((one) => namesEnds(one, depth - 1))));

const PCAPNG = [0x0a, 0x0d, 0x0d, 0x0a];
const beginsLikeCapture = (bytes: Uint8Array): boolean =>
  beginsLikePcap(bytes) || PCAPNG.every((byte, i) => bytes[i] === byte);

/** Control characters of an input never reach a terminal. */
const clean = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?');
