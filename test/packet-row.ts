/** Rows of a batch as objects that a test can compare. */
import { formatWords } from '../src/net/address.ts';
import {
  createBatch,
  FIRST_FRAGMENT,
  HAS_ICMP,
  HAS_ICMP_ID,
  HAS_PORTS,
  HAS_SCTP_CHUNK,
  HAS_TCP_FLAGS,
  IS_ENCRYPTED,
  IS_TUNNEL,
  IS_TUNNELLED,
  LATER_FRAGMENT,
  type PacketBatch,
} from '../src/packet/batch.ts';
import { decodeFrame } from '../src/packet/decode.ts';
import { linkTypes } from '../src/packet/link/registry.ts';
import { DECODED } from '../src/packet/outcome.ts';
import { Tunnels } from '../src/packet/tunnel/registry.ts';

/** What a frame says, each field only when it was read. */
export type Row = {
  readonly src: string;
  readonly dst: string;
  readonly protocol: number;
  readonly ports?: string;
  readonly icmp?: string;
  readonly icmpId?: number;
  readonly tcpFlags?: number;
  readonly sctpChunk?: number;
  readonly fragment?: string;
  /** Offset of the quoted header within the frame. */
  readonly quotedAt?: number;
  readonly tunnel?: true;
  readonly encrypted?: true;
  readonly outer?: string;
};

export function rowOf(batch: PacketBatch, row: number, frameAt = 0): Row {
  const { family, src0, src1, src2, src3, dst0, dst1, dst2, dst3 } = batch;
  const flags = batch.flags[row]!;
  const fragment = flags & LATER_FRAGMENT ? 'later' : flags & FIRST_FRAGMENT ? 'first' : null;
  return {
    src: formatWords(family[row]!, src0[row]!, src1[row]!, src2[row]!, src3[row]!),
    dst: formatWords(family[row]!, dst0[row]!, dst1[row]!, dst2[row]!, dst3[row]!),
    protocol: batch.protocol[row]!,
    ...(flags & HAS_PORTS ? { ports: `${batch.sourcePort[row]} > ${batch.destinationPort[row]}` } : {}),
    ...(flags & HAS_ICMP ? { icmp: `${batch.icmpType[row]}/${batch.icmpCode[row]}` } : {}),
    ...(flags & HAS_ICMP_ID ? { icmpId: batch.icmpId[row]! } : {}),
    ...(flags & HAS_TCP_FLAGS ? { tcpFlags: batch.tcpFlags[row]! } : {}),
    ...(flags & HAS_SCTP_CHUNK ? { sctpChunk: batch.sctpChunk[row]! } : {}),
    ...(fragment === null ? {} : { fragment: `${fragment} ${batch.fragmentId[row]} @${batch.fragmentOffset[row]}` }),
    ...(batch.quotedAt[row]! < 0 ? {} : { quotedAt: batch.quotedAt[row]! - frameAt }),
    ...(flags & IS_TUNNEL ? { tunnel: true } : {}),
    ...(flags & IS_ENCRYPTED ? { encrypted: true } : {}),
    ...(flags & IS_TUNNELLED ? { outer: outerOf(batch.outer, row) } : {}),
  };
}

function outerOf(outer: PacketBatch['outer'], row: number): string {
  const { family, src0, src1, src2, src3, dst0, dst1, dst2, dst3 } = outer;
  const src = formatWords(family[row]!, src0[row]!, src1[row]!, src2[row]!, src3[row]!);
  const dst = formatWords(family[row]!, dst0[row]!, dst1[row]!, dst2[row]!, dst3[row]!);
  return `${src} > ${dst} ${outer.protocol[row]} ${outer.sourcePort[row]} > ${outer.destinationPort[row]}`;
}

export type Reading = {
  readonly linkType?: number;
  readonly peel?: boolean;
  readonly wireBytes?: number;
  readonly vxlanPorts?: readonly number[];
};

/** What a frame decodes to: its row, or the outcome when it has none. The bytes around it are all ones. */
export function read(frame: Uint8Array, o: Reading = {}): Row | number {
  const margin = 64;
  const batch = createBatch(1, new Tunnels(o.vxlanPorts));
  batch.buffer = new Uint8Array(frame.length + 2 * margin).fill(0xff);
  batch.buffer.set(frame, margin);
  batch.view = new DataView(batch.buffer.buffer);
  batch.length[0] = o.wireBytes ?? frame.length;
  const link = linkTypes.get(o.linkType ?? 101)!;
  const outcome = decodeFrame(batch, 0, link, margin, margin + frame.length, o.peel ?? false);
  return outcome === DECODED ? rowOf(batch, 0, margin) : outcome;
}
