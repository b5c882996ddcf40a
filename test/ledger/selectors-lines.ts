/** Section G of the ledger: Calico's selectors and the fields of its rules. */
import type { Line } from './ledger.ts';
import { namespace, pod, v3, v3In } from './manifests.ts';

/** x/a takes what this end of an Allow rule matches; y/b takes what it matches in a policy of the whole cluster. */
const inX = (source: string, ...rest: readonly string[]): string =>
  v3In(
    'NetworkPolicy',
    'x/p',
    "selector: pod == 'a'",
    `ingress: [{${['action: Allow', ...rest, `source: ${source}`].join(', ')}}]`,
  );
const everywhere = (source: string, ...rest: readonly string[]): string =>
  v3(
    'GlobalNetworkPolicy',
    'p',
    "selector: projectcalico.org/namespace == 'y' && pod == 'b'",
    `ingress: [{${['action: Allow', ...rest, `source: ${source}`].join(', ')}}]`,
  );
/** Likewise with the destination of a rule. */
const towards = (destination: string, ...rest: readonly string[]): string =>
  v3(
    'GlobalNetworkPolicy',
    'p',
    "selector: projectcalico.org/namespace == 'x' && pod == 'a'",
    'types: [Egress]',
    `egress: [{${['action: Allow', ...rest, `destination: ${destination}`].join(', ')}}]`,
  );

const DB = pod('x/db', '10.244.1.8', { labels: 'role: db' });
const BAD = pod('x/bad', '10.244.1.9', { labels: 'role: bad, a: "1"' });
const GLOBAL_SET = [
  'apiVersion: projectcalico.org/v3',
  'kind: GlobalNetworkSet',
  "metadata: {name: s, labels: {trusted: 'true'}}",
  'spec: {nets: [203.0.113.0/24]}',
].join('\n');
const SET_OF_Z = [
  'apiVersion: projectcalico.org/v3',
  'kind: NetworkSet',
  "metadata: {name: s, namespace: z, labels: {trusted: 'true'}}",
  'spec: {nets: [198.51.100.0/24]}',
].join('\n');

export const SELECTORS: readonly Line[] = [
  {
    line: 130,
    says: '`!=` and `not in` hold without the label, the others do not',
    given: [DB, BAD, everywhere(`{selector: 'role != "db"'}`), inX(`{selector: 'role not in {"db"}'}`)],
    forwarded: ['y/a > y/b tcp/80', 'x/bad > y/b tcp/80', 'x/c > x/a tcp/80'],
    dropped: ['x/db > y/b tcp/80 (in)', 'x/db > x/a tcp/80 (in)'],
  },
  ...['role == "db"', 'role in {"db"}', 'role contains "d"', 'role starts with "d"', 'role ends with "b"'].map(
    (selector) => ({
      line: 130,
      says: `\`${selector}\` needs the label`,
      given: [DB, BAD, everywhere(`{selector: '${selector}'}`)],
      forwarded: ['x/db > y/b tcp/80'],
      dropped: ['y/a > y/b tcp/80 (in)'],
    }),
  ),
  {
    line: 131,
    says: '`!` binds to one operation, `&&` before `||`, and two `!` cancel',
    given: [
      BAD,
      everywhere(`{selector: '!a == "1" && pod == "a" || !!role == "bad" && a == "2"'}`),
      inX(`{selector: '!!role == "bad"'}`),
    ],
    forwarded: ['y/a > y/b tcp/80', 'x/bad > x/a tcp/80'],
    dropped: ['x/bad > y/b tcp/80 (in)', 'x/b > y/b tcp/80 (in)'],
  },
  ...[`"a == 'b'\\n&& c == 'd'"`, `"a == 'it\\\\'s'"`, '"a ="', `"a == 'b' &"`, `"a in {'b'"`].map((selector) => ({
    line: 132,
    says: `${selector} is no selector`,
    given: [everywhere(`{selector: ${selector}}`)],
    refused: ['BAD_SELECTOR'],
  })),
  {
    line: 132,
    says: 'a set may be empty, or end in a comma',
    given: [everywhere(`{selector: 'pod not in {} && pod in {"a", }'}`), inX(`{selector: 'pod in {}'}`)],
    forwarded: ['y/a > y/b tcp/80'],
    dropped: ['x/b > y/b tcp/80 (in)', 'x/b > x/a tcp/80 (in)'],
  },
  {
    line: 133,
    says: '`global()` is what has no namespace, `all()` what has one',
    given: [
      GLOBAL_SET,
      SET_OF_Z,
      inX(`{selector: 'trusted == "true"', namespaceSelector: 'global()'}`),
      everywhere(`{namespaceSelector: 'all()'}`),
    ],
    forwarded: ['ext > x/a tcp/80', 'ext2 > y/b tcp/80', 'z/a > y/b tcp/80'],
    dropped: ['ext2 > x/a tcp/80 (in)', 'ext > y/b tcp/80 (in)'],
  },
  ...[`{selector: 'global()'}`, `{namespaceSelector: 'global() || ns == "y"'}`].map((source) => ({
    line: 133,
    says: `\`${source}\` is an error`,
    given: [everywhere(source)],
    refused: ['BAD_SELECTOR'],
  })),
  {
    line: 134,
    says: 'names of namespaces and service accounts are labels',
    given: [
      inX(`{namespaceSelector: 'projectcalico.org/name == "y"'}`),
      everywhere(`{selector: 'projectcalico.org/namespace == "z"'}`),
    ],
    forwarded: ['y/a > x/a tcp/80', 'z/a > y/b tcp/80'],
    dropped: ['z/a > x/a tcp/80 (in)', 'y/a > y/b tcp/80 (in)'],
  },
  {
    line: 135,
    says: 'a namespaced policy is confined to its namespace by any selector',
    given: [
      inX(`{selector: 'pod == "a"'}`),
      v3In(
        'NetworkPolicy',
        'x/q',
        "selector: pod == 'b'",
        `ingress: [{action: Allow, source: {notSelector: 'pod == "b"'}}]`,
      ),
    ],
    forwarded: ['x/a > x/b tcp/80', 'x/c > x/b tcp/80'],
    dropped: ['y/a > x/a tcp/80 (in)', 'y/a > x/b tcp/80 (in)', 'ext > x/b tcp/80 (in)'],
  },
  {
    line: 135,
    says: 'and not by nets',
    given: [inX('{nets: [10.244.1.4/32]}')],
    forwarded: ['y/a > x/a tcp/80'],
    dropped: ['x/b > x/a tcp/80 (in)'],
  },
  {
    line: 136,
    says: 'inside one end everything must hold',
    given: [
      inX(`{selector: 'pod == "b"', nets: [203.0.113.0/24]}`),
      everywhere(`{selector: 'pod == "b"', nets: [10.244.1.0/24]}`),
    ],
    forwarded: ['x/b > y/b tcp/80'],
    dropped: ['x/b > x/a tcp/80 (in)', 'ext > x/a tcp/80 (in)', 'y/a > y/b tcp/80 (in)'],
  },
  {
    line: 137,
    says: 'notSelector holds for who is nobody, a negated selector does not',
    given: [
      BAD,
      everywhere(`{notSelector: 'role == "bad"'}`),
      v3(
        'GlobalNetworkPolicy',
        'q',
        "selector: pod == 'c'",
        `ingress: [{action: Allow, source: {selector: '!(role == "bad")'}}]`,
      ),
    ],
    forwarded: ['ext > y/b tcp/80', 'y/a > y/b tcp/80', 'y/a > x/c tcp/80'],
    dropped: ['x/bad > y/b tcp/80 (in)', 'ext > x/c tcp/80 (in)', 'x/bad > x/c tcp/80 (in)'],
  },
  {
    line: 137,
    says: 'beside a selector notSelector is asked of the same holder of an address',
    given: [
      pod('x/db', '10.244.1.9', { labels: 'role: db' }),
      pod('x/bad', '10.244.1.9', { labels: 'role: bad' }),
      everywhere(`{selector: 'has(role)', notSelector: 'role == "bad"'}`),
      inX(`{nets: [10.0.0.0/8], notSelector: 'role == "db"', namespaceSelector: 'all()'}`),
    ],
    warned: ['SHARED_ADDRESS'],
    forwarded: ['10.244.1.9 > y/b tcp/80', '10.244.1.9 > x/a tcp/80'],
    dropped: ['x/b > y/b tcp/80 (in)'],
  },
  {
    line: 138,
    says: 'any of nets, none of notNets',
    given: [inX('{nets: [10.0.0.0/8, 192.0.2.0/24], notNets: [10.244.2.0/24]}')],
    forwarded: ['x/b > x/a tcp/80', 'n2 > x/a tcp/80'],
    dropped: ['y/b > x/a tcp/80 (in)', 'ext > x/a tcp/80 (in)'],
  },
  {
    line: 138,
    says: 'any of ports by number and name, none of notPorts',
    given: [towards('{ports: [serve-81-tcp, "79:81"], notPorts: [80]}', 'protocol: TCP')],
    forwarded: ['x/a > y/b tcp/79', 'x/a > y/b tcp/81', 'x/a > ext tcp/79'],
    dropped: ['x/a > y/b tcp/80 (out)', 'x/a > y/b tcp/82 (out)'],
  },
  {
    line: 139,
    says: 'a rule whose blocks are of one family is skipped for the other',
    given: [
      inX('{notNets: [10.0.0.0/8]}'),
      v3(
        'GlobalNetworkPolicy',
        'q',
        "selector: pod == 'c'",
        'ingress: [{action: Deny, source: {notNets: [10.0.0.0/8]}}, {action: Allow}]',
      ),
    ],
    forwarded: ['ext > x/a tcp/80', 'ext > x/c tcp6/80', 'y/a > x/c tcp/80'],
    dropped: ['ext > x/a tcp6/80 (in)', 'ext > x/c tcp/80 (in)'],
  },
  {
    line: 140,
    says: 'notNets of everything is an error',
    given: [inX('{notNets: [0.0.0.0/0]}')],
    refused: ['BAD_NETS'],
  },
  {
    line: 141,
    says: 'selectors find network sets, global ones only from policies without a namespace or with global()',
    given: [GLOBAL_SET, inX(`{selector: 'trusted == "true"'}`), everywhere(`{selector: 'trusted == "true"'}`)],
    forwarded: ['ext > y/b tcp/80'],
    dropped: ['ext > x/a tcp/80 (in)', 'ext2 > y/b tcp/80 (in)'],
  },
  {
    line: 142,
    says: 'a NetworkSet has the labels of its namespace',
    given: [
      SET_OF_Z,
      inX(`{namespaceSelector: 'ns == "z"'}`),
      everywhere(`{namespaceSelector: 'ns == "y"', selector: 'trusted == "true"'}`),
    ],
    forwarded: ['ext2 > x/a tcp/80', 'z/a > x/a tcp/80'],
    dropped: ['ext > x/a tcp/80 (in)', 'ext2 > y/b tcp/80 (in)'],
  },
  {
    line: 143,
    says: 'services are their endpoints: address, protocol and port on egress, the address on ingress',
    given: [
      v3(
        'GlobalNetworkPolicy',
        'p',
        "selector: pod == 'b'",
        'types: [Egress]',
        'egress: [{action: Allow, destination: {services: {name: svc-a, namespace: x}}}]',
      ),
      v3(
        'GlobalNetworkPolicy',
        'q',
        "selector: pod == 'c'",
        'ingress: [{action: Allow, source: {services: {name: svc-a, namespace: x}}}]',
      ),
    ],
    forwarded: ['y/b > x/a tcp/80', 'x/a > x/c tcp/9999'],
    dropped: ['y/b > x/a tcp/81 (out)', 'y/b > x/a udp/80 (out)', 'y/a > x/c tcp/80 (in)'],
  },
  {
    line: 144,
    says: 'port numbers need a protocol',
    given: [towards('{ports: [80]}')],
    refused: ['PORTS_NEED_PROTOCOL'],
  },
  {
    line: 144,
    says: 'port names alone do not, and are then of any protocol',
    given: [towards('{ports: [serve-80-udp, serve-81-tcp]}')],
    forwarded: ['x/a > y/b udp/80', 'x/a > y/b tcp/81'],
    dropped: ['x/a > y/b tcp/80 (out)', 'x/a > y/b udp/81 (out)', 'x/a > ext udp/80 (out)'],
  },
  {
    line: 145,
    says: 'source ports, by number and by the name that the source gives them',
    given: [inX('{ports: [serve-80-tcp, 1000]}', 'protocol: TCP')],
    forwarded: ['y/a:80 > x/a:9999 tcp', 'ext:1000 > x/a:9999 tcp'],
    dropped: ['y/a:81 > x/a:80 tcp (in)', 'ext:80 > x/a:9999 tcp (in)'],
  },
  {
    line: 146,
    says: 'an ICMP type without a code is any code, notICMP excludes its pair alone',
    given: [
      inX('{}', 'protocol: ICMP', 'icmp: {type: 8}'),
      everywhere('{}', 'protocol: ICMP', 'notICMP: {type: 8, code: 1}'),
    ],
    forwarded: ['y/a > x/a icmp/8/0', 'y/a > x/a icmp/8/3', 'y/a > y/b icmp/8/0', 'y/a > y/b icmp/13/1'],
    dropped: ['y/a > x/a icmp/13/0 (in)', 'y/a > y/b icmp/8/1 (in)', 'y/a > y/b udp/80 (in)'],
  },
  {
    line: 147,
    says: 'names and selector of service accounts must both hold',
    given: [
      'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: s, namespace: x, labels: {role: ci}}',
      'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: t, namespace: x}',
      pod('x/s', '10.244.1.8', { spec: 'serviceAccountName: s, containers: [{name: c}]' }),
      pod('x/t', '10.244.1.9', { spec: 'serviceAccountName: t, containers: [{name: c}]' }),
      inX(`{serviceAccounts: {names: [s, t], selector: 'role == "ci"'}}`),
    ],
    forwarded: ['x/s > x/a tcp/80'],
    dropped: ['x/t > x/a tcp/80 (in)', 'x/b > x/a tcp/80 (in)'],
  },
  {
    line: 148,
    says: 'http is left out: the rest of the rule decides',
    given: [inX(`{namespaceSelector: 'ns == "y"'}`, 'protocol: TCP', 'http: {methods: [GET]}')],
    warned: ['HTTP_NOT_SIMULATED'],
    forwarded: ['y/a > x/a tcp/80'],
    dropped: ['z/a > x/a tcp/80 (in)', 'y/a > x/a udp/80 (in)'],
  },
  {
    line: 149,
    says: 'endpoints that share an address match by the labels of both',
    given: [
      namespace('w'),
      pod('w/a', '10.244.1.9', { labels: 'role: db' }),
      pod('w/b', '10.244.1.9', { labels: 'role: web' }),
      everywhere(`{selector: 'role == "db"'}`),
      v3(
        'GlobalNetworkPolicy',
        'q',
        "selector: pod == 'c'",
        `ingress: [{action: Allow, source: {selector: 'role == "web"'}}]`,
      ),
    ],
    warned: ['SHARED_ADDRESS'],
    forwarded: ['10.244.1.9 > y/b tcp/80', '10.244.1.9 > x/c tcp/80'],
  },
  {
    line: 50,
    says: 'what an object says of itself beats the same label of its namespace',
    given: [
      v3('NetworkSet', 'own, namespace: x, labels: {pcns.ns: z}', 'nets: [203.0.113.0/24]'),
      inX(`{namespaceSelector: 'ns == "z"'}`),
      everywhere(`{namespaceSelector: 'ns == "x"'}`),
    ],
    forwarded: ['ext > x/a tcp/80'],
    dropped: ['ext > y/b tcp/80 (in)'],
  },
];
