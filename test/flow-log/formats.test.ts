/** Flow logs: what each format's records come to, what is skipped, what is rejected and where. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  IS_ANSWER,
  IS_UNDIRECTED,
  RECORDED_BY_AUDIT,
  RECORDED_BY_CLOUD,
  RECORDED_BY_OTHERS,
  RECORDED_DROPPED,
  RECORDED_FORWARDED,
  RECORDED_NONE,
  RECORDED_OF_EGRESS,
  RECORDED_OF_ENCRYPTED,
  RECORDED_OF_INGRESS,
} from '../../src/packet/batch.ts';
import { type RecordRow, readInput } from '../traffic.ts';

const read = (text: string, piece?: number) => readInput(Buffer.from(text), piece);
const one = async (text: string): Promise<RecordRow> => {
  const { rows, counts } = await read(text);
  assert.is(rows.length, 1, `${JSON.stringify(counts)}`);
  return rows[0]!;
};
const WAY = IS_ANSWER | IS_UNDIRECTED;

const FLOW = {
  time: '2026-08-01T10:00:00.120Z',
  verdict: 'DROPPED',
  drop_reason: 133,
  drop_reason_desc: 'POLICY_DENIED',
  IP: { source: '10.0.1.7', destination: '10.0.2.9', ipVersion: 'IPv4' },
  l4: { TCP: { source_port: 41822, destination_port: 5432, flags: { SYN: true } } },
  source: { identity: 31021, namespace: 'shop', labels: ['k8s:app=web'], pod_name: 'web-1' },
  Type: 'L3_L4',
  event_type: { type: 5 },
  traffic_direction: 'INGRESS',
  is_reply: false,
};
const wrap = (flow: object): string => JSON.stringify({ flow, node_name: 'n1', time: FLOW.time });
const {
  is_reply: _,
  drop_reason: __,
  drop_reason_desc: ___,
  ...TRACE
} = { ...FLOW, verdict: 'FORWARDED', event_type: { type: 4 } };

test('hubble: a flow, wrapped or bare', async () => {
  for (const text of [wrap(FLOW), JSON.stringify(FLOW)]) {
    assert.is((await read(text)).format, 'hubble');
    const row = await one(text);
    assert.equal(
      [row.src, row.dst, row.protocol, row.ports, row.time, row.weights],
      ['10.0.1.7', '10.0.2.9', 6, '41822 > 5432', '1785578400.120', '1 0'],
    );
    assert.is(row.bits & WAY, 0);
    assert.equal([row.recorded, row.recordedBy], [RECORDED_DROPPED, RECORDED_OF_INGRESS]);
  }
});

const verdicts: readonly (readonly [string, object, number, number])[] = [
  [
    'a policy verdict',
    { ...FLOW, verdict: 'FORWARDED', traffic_direction: 'EGRESS' },
    RECORDED_FORWARDED,
    RECORDED_OF_EGRESS,
  ],
  ['redirected to a proxy', { ...FLOW, verdict: 'REDIRECTED' }, RECORDED_FORWARDED, RECORDED_OF_INGRESS],
  ['audit', { ...FLOW, verdict: 'AUDIT' }, RECORDED_DROPPED, RECORDED_OF_INGRESS | RECORDED_BY_AUDIT],
  ['a drop by policy', { ...FLOW, event_type: { type: 1 } }, RECORDED_DROPPED, RECORDED_OF_INGRESS],
  [
    'a drop by a deny rule, by number',
    { ...FLOW, event_type: { type: 1 }, drop_reason_desc: undefined, drop_reason: 181 },
    RECORDED_DROPPED,
    RECORDED_OF_INGRESS,
  ],
  [
    'a drop of another cause',
    { ...FLOW, event_type: { type: 1 }, drop_reason_desc: 'STALE_OR_UNROUTABLE_IP' },
    RECORDED_DROPPED,
    RECORDED_BY_OTHERS,
  ],
  ['a trace says nothing', TRACE, RECORDED_NONE, 0],
  ['an encrypted trace', { ...TRACE, IP: { ...FLOW.IP, encrypted: true } }, RECORDED_NONE, RECORDED_OF_ENCRYPTED],
];
for (const [name, flow, recorded, by] of verdicts)
  test(`hubble: ${name}`, async () => {
    const row = await one(wrap(flow));
    assert.equal([row.recorded, row.recordedBy], [recorded, by]);
  });

test('hubble: who opened', async () => {
  const way = async (flow: object): Promise<number> => (await one(wrap(flow))).bits & WAY;
  const segment = (flags: object): object => ({
    ...TRACE,
    l4: { TCP: { source_port: 1, destination_port: 2, flags } },
  });
  assert.is(await way({ ...TRACE, is_reply: true }), IS_ANSWER);
  assert.is(await way({ ...segment({ ACK: true }), is_reply: false }), 0);
  assert.is(await way(segment({ SYN: true })), 0);
  assert.is(await way(segment({ SYN: true, ACK: true })), IS_ANSWER);
  assert.is(await way(segment({ ACK: true })), IS_UNDIRECTED);
  assert.is(await way({ ...FLOW, is_reply: undefined, l4: { UDP: { source_port: 53, destination_port: 40000 } } }), 0);
});

test('hubble: other protocols, zeros left out', async () => {
  const of = async (l4: object): Promise<RecordRow> => one(wrap({ ...FLOW, l4 }));
  assert.is((await of({ ICMPv4: {} })).icmp, '0/0');
  assert.is((await of({ ICMPv4: { type: 8 } })).icmp, '8/0');
  assert.equal(((r) => [r.protocol, r.ports])(await of({ SCTP: { destination_port: 80 } })), [132, '0 > 80']);
  assert.equal(((r) => [r.protocol, r.ports])(await of({ UDP: { source_port: 5, destination_port: 53 } })), [
    17,
    '5 > 53',
  ]);
});

test('hubble: what is no packet is skipped, what is broken rejected with its line', async () => {
  const other = [
    '{"lost_events":{"source":"PERF_EVENT_RING_BUFFER","num_events_lost":"2"},"node_name":"n1"}',
    '{"node_status":{"state_change":"NODE_CONNECTED"}}',
    wrap({ ...FLOW, Type: 'L7' }),
    wrap({ ...FLOW, Type: 'SOCK' }),
  ];
  const broken = [
    wrap(FLOW).slice(0, 100),
    wrap({ ...FLOW, IP: { source: '10.0.1', destination: '10.0.2.9' } }),
    wrap({ ...FLOW, IP: { source: '10.0.1.1', destination: 'fd00::1' } }),
    wrap({ ...FLOW, l4: undefined }),
    wrap({ ...FLOW, l4: { TCP: { source_port: 70000, destination_port: 1 } } }),
    wrap({ ...FLOW, time: 'yesterday' }),
  ];
  for (const piece of [undefined, 7]) {
    const { rows, counts } = await read(`${[...other, ...broken, wrap(FLOW)].join('\n')}\n`, piece);
    assert.equal([counts.records, rows.length, counts.skipped, counts.rejected], [11, 1, 4, 6]);
    assert.equal(
      counts.samples.map(({ n }) => n),
      [5, 6, 7, 8, 9, 10],
    );
    assert.is(rows[0]!.n, 11);
  }
});

const V2 = '2 123456789010 eni-0a1b 10.0.1.7 10.0.2.9 41822 5432 6 4 240 1785578400 1785578459';

test('aws: the default format needs no header', async () => {
  const { rows, format, counts } = await read(
    `${V2} REJECT OK\n${V2} ACCEPT OK\n2 1 eni-1 - - - - - - - 1785578400 1785578459 - NODATA\n2 1 eni\n`,
  );
  assert.is(format, 'aws-vpc');
  const [row] = rows;
  assert.equal(
    [row!.src, row!.dst, row!.protocol, row!.ports, row!.time, row!.weights],
    ['10.0.1.7', '10.0.2.9', 6, '41822 > 5432', '1785578400', '4 240'],
  );
  assert.equal(
    rows.map((r) => [r.recorded, r.recordedBy]),
    [
      [RECORDED_DROPPED, RECORDED_BY_CLOUD],
      [RECORDED_FORWARDED, RECORDED_BY_CLOUD],
    ],
  );
  assert.is(row!.bits & WAY, IS_UNDIRECTED);
  assert.equal([counts.skipped, counts.rejected], [1, 1]);
  assert.equal(counts.samples, [
    {
      n: 4,
      offset: `${V2} REJECT OK\n${V2} ACCEPT OK\n2 1 eni-1 - - - - - - - 1785578400 1785578459 - NODATA\n`.length,
      why: 'expected 14 fields',
    },
  ]);
});

test('aws: a header says what is where; the packet’s own addresses count', async () => {
  const head = 'pkt-srcaddr tcp-flags srcaddr dstaddr dstport srcport protocol flow-direction pkt-dstaddr action';
  const { rows } = await read(
    [
      head,
      'fd00::7 2 fd00::1 fd00::2 443 50000 6 ingress fd00::9 ACCEPT',
      '- 18 10.0.0.1 10.0.0.2 50000 443 6 egress - -',
      '- 19 10.0.0.1 10.0.0.2 50000 443 17 egress - -',
    ].join('\r\n'),
  );
  assert.equal(
    rows.map((r) => [r.src, r.dst, r.ports, r.bits & WAY, r.recorded]),
    [
      ['fd00::7', 'fd00::9', '50000 > 443', 0, RECORDED_FORWARDED],
      ['10.0.0.1', '10.0.0.2', '443 > 50000', IS_ANSWER, RECORDED_NONE],
      ['10.0.0.1', '10.0.0.2', '443 > 50000', IS_ANSWER, RECORDED_NONE],
    ],
  );
});

const ZEEK_HEAD =
  '#separator \\x09\n#set_separator\t,\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\n';

test('zeek: a table', async () => {
  const lines =
    '1785578400.120000\tCAb1\t10.0.1.7\t41822\t10.0.2.9\t5432\ttcp\t3\t180\t2\t100\n1785578401\tC2\tfd00::1\t128\tfd00::2\t0\ticmp\t-\t-\t-\t-\n1\tC\t10.0.0.1\n#close\t2026\n';
  const { rows, counts, format } = await read(ZEEK_HEAD + lines);
  assert.is(format, 'zeek');
  assert.equal(
    rows.map((r) => [r.src, r.dst, r.protocol, r.ports ?? r.icmp, r.time, r.weights, r.recorded, r.bits & WAY]),
    [
      ['10.0.1.7', '10.0.2.9', 6, '41822 > 5432', '1785578400.120000', '5 280', RECORDED_NONE, 0],
      ['fd00::1', 'fd00::2', 58, '128/0', '1785578401', '1 0', RECORDED_NONE, 0],
    ],
  );
  assert.equal([counts.records, counts.skipped, counts.rejected], [7, 4, 1]);
});

test('zeek: JSON lines', async () => {
  const base = {
    ts: 1785578400.12,
    uid: 'C',
    'id.orig_h': '10.0.1.7',
    'id.orig_p': 41822,
    'id.resp_h': '10.0.2.9',
    'id.resp_p': 53,
    proto: 'udp',
    orig_pkts: 1,
    resp_pkts: 1,
  };
  const { rows, format } = await read(
    `${JSON.stringify(base)}\n${JSON.stringify({ ...base, ts: '2026-08-01T10:00:00.5Z' })}`,
  );
  assert.is(format, 'zeek-json');
  assert.equal(
    rows.map((r) => [r.src, r.ports, r.time, r.weights]),
    [
      ['10.0.1.7', '41822 > 53', '1785578400.12', '2 0'],
      ['10.0.1.7', '41822 > 53', '1785578400.5', '2 0'],
    ],
  );
});

test('every format in pieces of every size gives the same', async () => {
  const texts = [
    `${wrap(FLOW)}\n${wrap(TRACE)}\n`,
    `${V2} REJECT OK\n${V2} ACCEPT OK`,
    `${ZEEK_HEAD}1\tC\t10.0.0.1\t1\t10.0.0.2\t2\ttcp\t1\t1\t1\t1`,
  ];
  for (const text of texts) {
    const whole = await read(text);
    for (const piece of [1, 2, 3, 7]) {
      const { rows, counts } = await read(text, piece);
      assert.equal({ rows, counts }, { rows: whole.rows, counts: whole.counts });
    }
  }
});

test.run();
