import type { Traffic } from '../packet/traffic.ts';
import type { Copier } from './copy.ts';
import { awsVpc } from './flow-log/aws-vpc.ts';
import { calico } from './flow-log/calico.ts';
import { hubble } from './flow-log/hubble.ts';
import { zeek, zeekJson } from './flow-log/zeek.ts';
import type { Format } from './format.ts';
import { pcap } from './pcap.ts';
import { pcapng } from './pcapng.ts';
import { tuples } from './tuples.ts';

/** Every format that is read, in the order in which the first bytes are shown to them: no two say yes to the same. */
export const formats: readonly Format[] = [pcap, pcapng, tuples, hubble, calico, awsVpc, zeek, zeekJson];

/** How many bytes may pass before a format must be found. */
export const MAX_HEAD_BYTES = 1 << 16;

/** What copies the records of an input as pcapng; null when it has no frames. */
export function copierOf({ format, header }: Traffic): Copier | null {
  const copier = formats.find(({ name }) => name === format)?.copier;
  return copier === undefined || header === undefined ? null : copier(header);
}
