/** Section E of the ledger: what becomes of the packets that do not open a connection. */
import { type Line, run } from './ledger.ts';
import { DENY_ALL, DENY_EGRESS, DENY_INGRESS, from, named, np, ofNamespace, v3 } from './manifests.ts';

const TRACKING = 'infer loose strict';
const IN_FROM_Y_80 = `ingress: [{from: [${ofNamespace('y')}], ports: [{port: 80}]}]`;
/** y may open tcp/80 to x/a, and x/a may open nothing. */
const ONE_WAY = [np('x/a', 'policyTypes: [Ingress, Egress]', IN_FROM_Y_80)];
const ROUTER = '198.51.100.1';

const KEEP_INVALID = v3('FelixConfiguration', 'default', 'disableConntrackInvalidCheck: true');

/** A connection that the server's RST ends. */
const RESET_BY_SERVER = [
  'y/a:40000 > x/a:80 tcp syn => forwarded policy',
  'x/a:80 > y/a:40000 tcp syn-ack => forwarded tracked',
  'y/a:40000 > x/a:80 tcp ack => forwarded tracked',
  'x/a:80 > y/a:40000 tcp rst => forwarded tracked',
];

export const CONNECTIONS: readonly Line[] = [
  {
    line: 81,
    says: 'a connection is judged on the packet that opens it',
    given: ONE_WAY,
    captures: [
      run(
        TRACKING,
        'y/a:40000 > x/a:80 tcp syn => forwarded policy',
        'x/a:80 > y/a:40000 tcp syn-ack => forwarded tracked',
        'y/a:40000 > x/a:80 tcp ack => forwarded tracked',
        'x/a:80 > y/a:40000 tcp ack => forwarded tracked',
        'x/a:80 > y/a:40001 tcp syn => dropped policy (out)',
      ),
      run(
        'no-track',
        'y/a:40000 > x/a:80 tcp syn => forwarded policy',
        'x/a:80 > y/a:40000 tcp syn-ack => dropped policy (out)',
      ),
    ],
  },
  {
    line: 82,
    says: 'what follows a denied opener is dropped, both ways, until a SYN is judged anew',
    given: ONE_WAY,
    captures: [
      run(
        'infer',
        'z/a:40000 > x/a:80 tcp syn => dropped policy (in)',
        'z/a:40000 > x/a:80 tcp syn => dropped connection-denied (in)',
        'x/a:80 > z/a:40000 tcp syn-ack => dropped connection-denied (in)',
        'z/a:40000 > x/a:80 tcp ack => dropped connection-denied (in)',
        'x/a:80 > z/a:40000 tcp ack => dropped connection-denied (in)',
        'z/a:40000 > x/a:80 tcp rst => dropped connection-denied (in)',
        'y/a:40000 > x/a:80 tcp syn => forwarded policy',
      ),
      run(
        'infer',
        'z/a:40000 > x/a:80 udp => dropped policy (in)',
        'x/a:80 > z/a:40000 udp => dropped connection-denied (in)',
        'z/a > x/a icmp => dropped policy (in)',
        'x/a > z/a icmp/0 => dropped connection-denied (in)',
      ),
    ],
  },
  {
    line: 82,
    says: 'in Linux a dropped packet leaves nothing: each later one is judged by what it is',
    given: [np('x/a', IN_FROM_Y_80)],
    captures: [
      run(
        'loose',
        'z/a:40000 > x/a:80 tcp syn => dropped policy (in)',
        'z/a:40000 > x/a:80 tcp syn => dropped policy (in)',
        'x/a:80 > z/a:40000 tcp syn-ack => dropped ct-invalid',
        'z/a:40000 > x/a:80 tcp ack => dropped policy (in) +midstream',
        'x/a:80 > z/a:40000 tcp ack => forwarded not-policed +midstream',
        'z/a:40000 > x/a:80 tcp ack => forwarded tracked +midstream',
      ),
      run(
        'strict',
        'z/a:40000 > x/a:80 tcp syn => dropped policy (in)',
        'x/a:80 > z/a:40000 tcp syn-ack => dropped ct-invalid',
        'z/a:40000 > x/a:80 tcp ack => dropped ct-invalid',
        'x/a:80 > z/a:40000 tcp ack => dropped ct-invalid',
      ),
    ],
  },
  {
    line: 83,
    says: "rules for the reply's direction are irrelevant",
    given: [
      named('server', 'x/a', 'policyTypes: [Ingress, Egress]', IN_FROM_Y_80),
      named('client', 'y/a', DENY_INGRESS),
    ],
    captures: [
      run(
        TRACKING,
        'y/a:40000 > x/a:80 tcp syn => forwarded policy',
        'x/a:80 > y/a:40000 tcp syn-ack => forwarded tracked',
        'y/b:40000 > x/a:80 tcp syn => forwarded policy',
        'x/a:80 > y/b:40000 tcp syn-ack => forwarded tracked',
      ),
    ],
  },
  {
    line: 85,
    says: 'each connection is judged as if it were new',
    given: ONE_WAY,
    captures: [
      run(
        TRACKING,
        'y/a:40000 > x/a:80 tcp syn => forwarded policy',
        'y/a:40001 > x/a:80 tcp syn => forwarded policy',
        'y/a:40001 > x/a:81 tcp syn => dropped policy (in)',
      ),
      // Both sides of it were already talking when the capture began.
      run('infer', 'z/a:40000 > x/a:80 tcp ack => dropped policy (in) +midstream'),
    ],
  },
  {
    line: 86,
    says: 'INVALID packets are dropped, policies or none',
    captures: [
      run(
        'loose strict',
        'y/a:40000 > x/a:80 tcp rst => dropped ct-invalid',
        'x/a:80 > y/a:40001 tcp syn-ack => dropped ct-invalid',
        'x/a > y/a icmp/0 => dropped ct-invalid',
        `${ROUTER} > y/a icmp/3/4 [y/a:40009 > x/a:80 tcp] => dropped ct-invalid`,
      ),
      run(`${TRACKING}`, 'y/a:40000 > x/a:80 tcp syn-fin => dropped ct-invalid'),
      // Neither end is a workload: nobody looks at the state of conntrack.
      run('loose strict', 'ext:40000 > ext2:80 tcp rst => forwarded not-policed'),
      run(
        'infer',
        'y/a:40000 > x/a:80 tcp rst => forwarded not-policed +midstream',
        'x/a:80 > y/a:40001 tcp syn-ack => forwarded not-policed +midstream',
      ),
      run('no-track', 'y/a:40000 > x/a:80 tcp rst => forwarded not-policed'),
    ],
  },
  {
    line: 86,
    says: 'with disableConntrackInvalidCheck policy decides about INVALID packets',
    given: [KEEP_INVALID, np('x/b', DENY_INGRESS)],
    captures: [
      run(
        'loose strict',
        'y/a:40000 > x/a:80 tcp rst => forwarded not-policed',
        'y/a:40000 > x/b:80 tcp rst => dropped policy (in)',
      ),
    ],
  },
  {
    line: 87,
    says: 'mid-stream: infer finds the initiator, loose takes the sender for it, strict takes neither',
    given: ONE_WAY,
    captures: [
      run(
        'infer',
        'x/a:80 > y/a:40000 tcp ack => forwarded policy +midstream',
        'y/a:40000 > x/a:80 tcp ack => forwarded tracked +midstream',
        'x/a:80 > z/a:40000 tcp ack => dropped policy (in) +midstream',
        'x/a:40000 > z/a:80 tcp ack => dropped policy (out) +midstream',
      ),
      run(
        'loose',
        'x/a:80 > y/a:40000 tcp ack => dropped policy (out) +midstream',
        'y/a:40000 > x/a:80 tcp ack => forwarded policy +midstream',
        'x/a:80 > y/a:40000 tcp ack => forwarded tracked +midstream',
      ),
      run(
        'strict',
        'x/a:80 > y/a:40000 tcp ack => dropped ct-invalid',
        'y/a:40000 > x/a:80 tcp ack => dropped ct-invalid',
      ),
    ],
  },
  {
    line: 87,
    says: 'the rules that find the initiator, each where the one before is silent',
    given: [named('x', 'x/*', DENY_INGRESS), named('y', 'y/*', 'policyTypes: [Egress]', 'egress: [{}]')],
    captures: [
      // 1: a SYN-ACK comes from the server, whatever the ports say.
      run('infer', 'x/a:40000 > y/a:80 tcp syn-ack => dropped policy (in) +midstream'),
      // 2: port 81 is declared by x/a; 53 is low and declared by nobody.
      run('infer', 'x/a:81 > y/a:53 tcp ack => dropped policy (in) +midstream'),
      // 3: port 9000 was connected to before.
      run(
        'infer',
        'y/a:40000 > x/a:9000 tcp syn => dropped policy (in)',
        'x/a:9000 > y/a:8000 tcp ack => dropped policy (in) +midstream',
      ),
      // 4: exactly one port below 1024.
      run('infer', 'x/a:1023 > y/a:1024 tcp ack => dropped policy (in) +midstream'),
      // 5: the sender.
      run('infer', 'x/a:9000 > y/a:9001 tcp ack => forwarded not-policed +midstream'),
    ],
  },
  {
    line: 88,
    says: 'a SYN on a live connection follows it, and after its end opens anew',
    given: ONE_WAY,
    captures: [
      run(
        TRACKING,
        'y/a:40000 > x/a:80 tcp syn => forwarded policy',
        'x/a:80 > y/a:40000 tcp syn-ack => forwarded tracked',
        'y/a:40000 > x/a:80 tcp ack => forwarded tracked',
        'y/a:40000 > x/a:80 tcp syn => forwarded tracked',
        'y/a:40000 > x/a:80 tcp rst => forwarded tracked',
        'y/a:40000 > x/a:80 tcp syn => forwarded policy',
      ),
      run('infer', ...RESET_BY_SERVER, 'y/a:40000 > x/a:80 tcp syn => forwarded policy'),
      run(
        'loose strict',
        ...RESET_BY_SERVER,
        'y/a:40000 > x/a:80 tcp syn => forwarded tracked',
        'x/a:80 > y/a:40000 tcp syn-ack => forwarded tracked',
      ),
      run(
        TRACKING,
        'y/a:40000 > x/a:80 tcp syn => forwarded policy',
        'x/a:80 > y/a:40000 tcp syn-ack => forwarded tracked',
        'y/a:40000 > x/a:80 tcp ack => forwarded tracked',
        'y/a:40000 > x/a:80 tcp fin => forwarded tracked',
        'x/a:80 > y/a:40000 tcp fin => forwarded tracked',
        'y/a:40000 > x/a:80 tcp ack => forwarded tracked',
        'y/a:40000 > x/a:80 tcp syn => forwarded policy',
      ),
    ],
  },
  {
    line: 89,
    says: 'an ICMP error belongs to the connection that it quotes',
    given: [...ONE_WAY, named('client', 'y/*', DENY_INGRESS), named('z', 'z/*', DENY_INGRESS)],
    captures: [
      run(
        TRACKING,
        'y/a:40000 > x/a:80 tcp syn => forwarded policy',
        `${ROUTER} > y/a icmp/3/4 [y/a:40000 > x/a:80 tcp] => forwarded tracked`,
        'x/a:80 > y/a:40000 tcp syn-ack => forwarded tracked',
        `${ROUTER} > x/a icmp/11/0 [x/a:80 > y/a:40000 tcp ack] => forwarded tracked`,
      ),
      run(
        'loose strict',
        'y/a:40000 > x/a:80 tcp syn => forwarded policy',
        `${ROUTER} > y/a icmp/3/4 [y/a:40001 > x/a:80 tcp] => dropped ct-invalid`,
        // It must go to the source of what it quotes.
        `${ROUTER} > y/b icmp/3/4 [y/a:40000 > x/a:80 tcp] => dropped ct-invalid`,
      ),
      run(
        'infer',
        `${ROUTER} > y/a icmp/3/4 [y/a:40001 > x/a:80 tcp] => forwarded policy +midstream`,
        `${ROUTER} > z/a icmp/3/4 [z/a:40001 > x/a:80 tcp] => dropped policy (in) +midstream`,
        'z/a:40000 > x/a:80 tcp syn => dropped policy (in)',
        `${ROUTER} > z/a icmp/3/4 [z/a:40000 > x/a:80 tcp] => dropped connection-denied (in)`,
      ),
      run(
        TRACKING,
        'y/a:40000 > x/a:80 tcp6 syn => forwarded policy',
        '2001:db8::99 > fd00:10:244:1::4 icmp/2/0 [y/a:40000 > x/a:80 tcp6] => forwarded tracked',
      ),
    ],
  },
  {
    line: 90,
    says: 'ICMP queries open connections, answers alone do not',
    given: [named('in', 'x/a', from(ofNamespace('y'))), named('out', 'x/a', DENY_EGRESS)],
    captures: [
      run(
        TRACKING,
        ...[
          [8, 0],
          [13, 14],
          [15, 16],
          [17, 18],
        ].flatMap(([query, answer]) => [
          `y/a > x/b icmp/${query} => forwarded not-policed`,
          `x/b > y/a icmp/${answer} => forwarded tracked`,
        ]),
        'y/a > x/b icmp6/139 => forwarded not-policed',
        'x/b > y/a icmp6/140 => forwarded tracked',
      ),
      run('loose strict', 'x/b > y/a icmp/0 => dropped ct-invalid', 'x/b > y/a icmp6/129 => dropped ct-invalid'),
      run('infer', 'x/b > y/a icmp/0 => forwarded not-policed +midstream'),
      run(TRACKING, 'x/a > y/a icmp => dropped policy (out)'),
    ],
  },
  {
    line: 91,
    says: 'RST and FIN belong to the connection',
    given: ONE_WAY,
    captures: [
      run(
        TRACKING,
        'y/a:40000 > x/a:80 tcp syn => forwarded policy',
        'x/a:80 > y/a:40000 tcp rst => forwarded tracked',
        'y/a:40001 > x/a:80 tcp syn => forwarded policy',
        'x/a:80 > y/a:40001 tcp syn-ack => forwarded tracked',
        'y/a:40001 > x/a:80 tcp ack => forwarded tracked',
        'x/a:80 > y/a:40001 tcp fin => forwarded tracked',
        'y/a:40001 > x/a:80 tcp fin => forwarded tracked',
      ),
    ],
  },
  {
    line: 92,
    says: 'a UDP connection runs in the direction of its first packet and ends 30 s after its last',
    given: [np('x/a', 'policyTypes: [Ingress, Egress]', `ingress: [{from: [${ofNamespace('y')}]}]`)],
    captures: [
      run(
        TRACKING,
        '@0 y/a:40000 > x/a:5353 udp => forwarded policy',
        '@5 x/a:5353 > y/a:40000 udp => forwarded tracked',
        '@34.9 x/a:5353 > y/a:40000 udp => forwarded tracked',
      ),
      run(
        'loose strict',
        '@0 y/a:40000 > x/a:80 udp => forwarded policy',
        '@30.1 x/a:80 > y/a:40000 udp => dropped policy (out)',
      ),
      // Infer: the late answer comes from a declared port to an ephemeral one.
      run(
        'infer',
        '@0 y/a:40000 > x/a:80 udp => forwarded policy',
        '@30.1 x/a:80 > y/a:40000 udp => forwarded policy +midstream',
      ),
    ],
  },
  {
    line: 92,
    says: 'and 120 s after it once both sides spoke for more than two seconds',
    given: [np('x/a', 'policyTypes: [Ingress, Egress]', `ingress: [{from: [${ofNamespace('y')}]}]`)],
    captures: [
      run(
        'loose strict',
        '@0 y/a:40000 > x/a:80 udp => forwarded policy',
        '@1 x/a:80 > y/a:40000 udp => forwarded tracked',
        '@4 y/a:40000 > x/a:80 udp => forwarded tracked',
        '@123 x/a:80 > y/a:40000 udp => forwarded tracked',
        '@244 x/a:80 > y/a:40000 udp => dropped policy (out)',
      ),
    ],
  },
  {
    line: 93,
    says: 'SCTP opens on INIT, and neither on DATA nor on INIT-ACK',
    given: [
      np(
        'x/a',
        'policyTypes: [Ingress, Egress]',
        `ingress: [{from: [${ofNamespace('y')}], ports: [{protocol: SCTP, port: 80}]}]`,
      ),
    ],
    captures: [
      run(
        TRACKING,
        'y/a:40000 > x/a:80 sctp init => forwarded policy',
        'x/a:80 > y/a:40000 sctp init-ack => forwarded tracked',
        'y/a:40000 > x/a:80 sctp cookie-echo => forwarded tracked',
        'x/a:80 > y/a:40000 sctp cookie-ack => forwarded tracked',
        'y/a:40000 > x/a:80 sctp data => forwarded tracked',
      ),
      // Measured on Linux 6.18, each as the first packet of its tuple.
      ...['heartbeat', 'heartbeat-ack', 'shutdown-ack'].map((chunk) =>
        run('loose strict', `y/a:40000 > x/a:80 sctp ${chunk} => forwarded policy +midstream`),
      ),
      ...[
        'data',
        'init-ack',
        'sack',
        'abort',
        'shutdown',
        'error',
        'cookie-echo',
        'cookie-ack',
        'shutdown-complete',
      ].map((chunk) => run('loose strict', `y/a:40000 > x/a:80 sctp ${chunk} => dropped ct-invalid`)),
      run('infer', 'x/a:80 > y/a:40000 sctp data => forwarded policy +midstream'),
      run('infer', 'x/a:80 > y/a:40000 sctp init-ack => forwarded policy +midstream'),
    ],
  },
  {
    line: 93,
    says: 'other protocols are tracked by their addresses',
    given: [np('x/a', 'policyTypes: [Ingress, Egress]', from(ofNamespace('y')))],
    captures: [
      run(
        TRACKING,
        '@0 y/a > x/a proto/253 => forwarded policy',
        '@599 x/a > y/a proto/253 => forwarded tracked',
        '@1200 x/a > y/a proto/253 => dropped policy (out)',
        '@1200 x/a > y/a proto/254 => dropped policy (out)',
      ),
    ],
  },
  {
    line: 95,
    says: 'a later fragment without its first is decided only where its ports do not matter',
    given: [named('ports', 'x/a', IN_FROM_Y_80), named('none', 'x/b', from(ofNamespace('y')))],
    captures: [
      run(
        TRACKING,
        'y/a > x/b udp/9999 first => forwarded policy',
        'y/a > x/b udp/9999 later => forwarded tracked',
        'y/a > x/a tcp/80 later => undetermined fragment',
      ),
      run(
        'no-track',
        'y/a > x/b udp/9999 first => forwarded policy',
        'y/a > x/b udp/9999 later => forwarded policy',
        'y/a > x/a tcp/80 later => undetermined fragment',
      ),
      run(
        'no-track',
        'z/a > x/b udp/9999 later => dropped policy (in)',
        'y/a > x/a udp/9999 later => dropped policy (in)',
      ),
      // It may belong to an answer: who is denied here may still be asked from there.
      run(TRACKING, 'z/a > x/b udp/9999 later => undetermined fragment'),
    ],
  },
  {
    line: 96,
    says: 'a packet that was cut before its ports is decided only where they do not matter',
    given: [
      named('ports', 'x/a', IN_FROM_Y_80),
      named('none', 'x/b', from(ofNamespace('y'))),
      named('all', 'z/*', DENY_ALL),
    ],
    captures: [
      run(
        `${TRACKING} no-track`,
        'y/a > x/b tcp/80 cut=34 => forwarded policy',
        'y/a > x/b icmp cut=34 => forwarded policy',
        'y/a > x/a tcp/80 cut=34 => undetermined ports-unknown',
        'y/a > x/a tcp/80 cut=36 => undetermined ports-unknown',
        'y/a > x/c tcp/80 cut=34 => forwarded not-policed',
      ),
      run('no-track', 'y/a > z/a tcp/80 cut=34 => dropped policy (in)'),
      run(TRACKING, 'y/a > z/a tcp/80 cut=34 => undetermined ports-unknown'),
    ],
  },
];
