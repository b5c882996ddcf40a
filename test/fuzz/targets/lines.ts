/** The readers of text: tuples, and the flow logs of Cilium, AWS and Zeek. */
import { readFileSync } from 'node:fs';
import { awsVpc } from '../../../src/capture/flow-log/aws-vpc.ts';
import { hubble } from '../../../src/capture/flow-log/hubble.ts';
import { zeek, zeekJson } from '../../../src/capture/flow-log/zeek.ts';
import type { Format } from '../../../src/capture/format.ts';
import { tuples } from '../../../src/capture/tuples.ts';
import { sample } from '../../paths.ts';
import { type Target, text } from '../target.ts';
import { readsSoundly } from './reader.ts';

const fileOf = (name: string): string => readFileSync(sample(name), 'utf8');
const linesOf = (name: string): string[] => fileOf(name).split('\n').filter(Boolean);

const TUPLES = [
  '{"src":"10.0.0.1","dst":"10.0.0.2","proto":"TCP","sport":40000,"dport":80,"ts":1785542400.5,"verdict":"allow"}',
  '{"src":"fd00::1","dst":"fd00::2","proto":"ICMPv6","icmp_type":128,"icmp_code":0,"packets":3,"bytes":252}\n',
  '{"src_ip":"10.0.0.1","dst_ip":"::ffff:10.0.0.2","proto":17,"n":1}\n{}\n[]\nnull\n',
];
const ZEEK_JSON =
  '{"ts":1795311307.1,"uid":"C","id.orig_h":"10.0.0.1","id.orig_p":1,"id.resp_h":"10.0.0.2","id.resp_p":53,"proto":"udp","orig_pkts":1,"orig_ip_bytes":60}\n';
const JSON_WORDS = text('{', '}', '[', ']', '":', ',', '"', '\\u0000', '\\', '__proto__', 'null', '1e999', '-0', '\n');
const VALUES = text('10.0.0.1', '::', '::ffff:1.2.3.4', '65536', '-', '9007199254740993', '\r\n', '\ufeff', 'é', '\0');

const target = (
  name: string,
  about: string,
  format: Format,
  seeds: readonly string[],
  words: Uint8Array[],
): Target => ({
  name,
  about,
  full: 250_000,
  quick: 4_000,
  seeds: text(...seeds),
  words: [...words, ...VALUES],
  run: (input) => readsSoundly(format, input, format !== zeek && format !== awsVpc),
});

const hubbleLines = linesOf('flow-logs/hubble.jsonl');
const vpcLines = linesOf('flow-logs/vpc.txt');

export const tupleLines = target('tuples', 'tuple lines', tuples, TUPLES, [
  ...JSON_WORDS,
  ...text('"src":', '"dst":', '"proto":', '"icmp_type":'),
]);
export const hubbleEvents = target('hubble', "Hubble's flow events", hubble, hubbleLines, [
  ...JSON_WORDS,
  ...text('"flow":', '"IP":', '"l4":', '"is_reply":', '"verdict":', '2026-02-30T24:60:60.999999999Z', '+14:00'),
]);
export const vpcRecords = target(
  'aws-vpc',
  "AWS's VPC flow logs",
  awsVpc,
  [
    vpcLines.slice(0, 3).join('\n'),
    `${vpcLines[0]}\n${vpcLines[4]}\n`,
    '2 1 eni-1 10.0.0.1 10.0.0.2 1 2 6 1 40 1 2 ACCEPT OK\n',
  ],
  text(' ', '\t', '\n', 'version', 'srcaddr', 'dstaddr', 'ACCEPT', 'REJECT', 'NODATA', 'tcp-flags'),
);
export const zeekTables = target(
  'zeek',
  "Zeek's conn.log, with a header",
  zeek,
  [fileOf('flow-logs/conn.tsv')],
  text('#separator ', '\\x09', '#fields', '#close', '\t', '#', '(empty)', 'id.orig_h', '-', '\n'),
);
export const zeekObjects = target('zeek-json', "Zeek's conn.log as JSON lines", zeekJson, [ZEEK_JSON], JSON_WORDS);
