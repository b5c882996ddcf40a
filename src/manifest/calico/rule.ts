import { type Action, ANY_L4, type Direction, type L4Match, type PortSet, type Rule } from '../../model/policy.ts';
import type { Family } from '../../net/address.ts';
import { ICMP, ICMPV6 } from '../../net/protocol.ts';
import { didYouMean } from '../../source/did-you-mean.ts';
import { quote } from '../../source/quote.ts';
import type { Fields, Known } from '../fields.ts';
import { positionOf } from '../node.ts';
import { asksAnything, type Entity, readEntity } from './entity.ts';
import { readProtocol, WITH_PORTS } from './protocol.ts';
import { checkHttp } from './rule-http.ts';
import { readIcmp } from './rule-icmp.ts';
import { readComments } from './rule-metadata.ts';
import { familiesOf } from './rule-nets.ts';

/** Source: api v3 policy_common.go, Rule. */
export const RULE: Known = [
  'action',
  'ipVersion',
  'protocol',
  'notProtocol',
  'icmp',
  'notICMP',
  'source',
  'destination',
  'http',
  'metadata',
];
const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ['Allow', 'allow'],
  ['Deny', 'deny'],
  ['Pass', 'pass'],
  ['Log', 'log'],
]);

/** One rule of a policy in `namespace`, null for global policies. What the API server would refuse is an error. */
export function readRule(fields: Fields, index: number, direction: Direction, namespace: string | null): Rule {
  const protocol = readProtocol(fields, 'protocol');
  const notProtocol = readProtocol(fields, 'notProtocol');
  const ipVersion = readIpVersion(fields, [protocol, notProtocol]);
  const source = readEntity(fields, 'source', namespace);
  const destination = readEntity(fields, 'destination', namespace);
  const action = readAction(fields);
  checkServices(direction, source, destination);
  checkPorts(protocol, source, destination);
  checkNets(ipVersion, source, destination, fields);
  checkHttp(fields, action, direction, protocol);
  const families = familiesOf(ipVersion, [source.peer, destination.peer]);
  const l4: L4Match = {
    protocol,
    notProtocol,
    sourcePorts: source.ports,
    notSourcePorts: source.notPorts,
    destinationPorts: destination.ports,
    notDestinationPorts: destination.notPorts,
    icmp: readIcmp(fields, 'icmp', protocol),
    notIcmp: readIcmp(fields, 'notICMP', protocol),
  };
  return {
    action,
    index,
    family: families.length === 1 ? families[0]! : null,
    l4: sameFields(l4, ANY_L4) ? null : [l4],
    // No family is left for a rule whose blocks contradict each other: it matches nothing.
    source: families.length === 0 ? [] : asksAnything(source.peer) ? [source.peer] : null,
    destination: asksAnything(destination.peer) ? [destination.peer] : null,
    ...readComments(fields),
    at: positionOf(fields.node),
  };
}

const sameFields = (a: L4Match, b: L4Match): boolean =>
  (Object.keys(b) as (keyof L4Match)[]).every((name) => a[name] === b[name]);

function readAction(fields: Fields): Action {
  const written = fields.requiredString('action');
  if (written === null) return 'log';
  const action = ACTIONS.get(written.value);
  if (action !== undefined) return action;
  const near = didYouMean(written.value, ACTIONS.keys());
  const hint = near === null ? '' : `: did you mean \`${near}\`?`;
  const message = `action ${quote(written.value)} must be Allow, Deny, Pass or Log${hint}`;
  fields.report.error('BAD_ACTION', written.node, message);
  return 'log';
}

/** Source: api v3 policy_common.go, the validation rules of Rule: each ICMP belongs to its own version of IP. */
function readIpVersion(fields: Fields, protocols: readonly (number | null)[]): Family | null {
  const version = fields.integer('ipVersion');
  if (version === null) return null;
  if (version.value !== 4 && version.value !== 6) {
    fields.report.error('BAD_IP_VERSION', version.node, `\`ipVersion\` must be 4 or 6, found ${quote(version.value)}`);
    return null;
  }
  const other = version.value === 4 ? ICMPV6 : ICMP;
  if (protocols.includes(other)) {
    const name = other === ICMP ? 'ICMP' : 'ICMPv6';
    const message = `\`ipVersion: ${version.value}\` does not go with protocol ${name}`;
    fields.report.error('BAD_IP_VERSION', version.node, message);
  }
  return version.value;
}

/** Source: libcalico-go, validator.go, validateNetworkPolicySpec. */
function checkServices(direction: Direction, source: Entity, destination: Entity): void {
  const [wrong, side] = direction === 'egress' ? [source, 'source'] : [destination, 'destination'];
  const node = wrong.fields?.get('services') ?? null;
  if (node !== null) {
    const message = `\`services\` cannot stand in the ${side} of an ${direction} rule`;
    wrong.fields!.report.error('BAD_SERVICES', node, message);
  }
  const ports = destination.ports ?? destination.notPorts;
  if (destination.peer.service !== null && ports !== null) {
    const message = '`ports` and `notPorts` cannot stand beside `services`: each endpoint of the Service has its own';
    destination.fields!.report.error('BAD_SERVICES', destination.fields!.node, message);
  }
}

/** Source: libcalico-go, validator.go, validateRule. Names alone need no protocol: they bring their own. */
function checkPorts(protocol: number | null, ...ends: readonly Entity[]): void {
  for (const end of ends) {
    for (const [name, ports] of [['ports', end.ports] as const, ['notPorts', end.notPorts] as const]) {
      if (ports === null || (protocol === null ? namesAlone(ports) : WITH_PORTS.has(protocol))) continue;
      const message = `\`${name}\` needs \`protocol: TCP\`, \`UDP\` or \`SCTP\` in its rule`;
      end.fields!.report.error('PORTS_NEED_PROTOCOL', end.fields!.get(name)!, message);
    }
  }
}

const namesAlone = (ports: PortSet): boolean => ports.ranges.length === 0;

function checkNets(ipVersion: Family | null, source: Entity, destination: Entity, rule: Fields): void {
  const nets = [source, destination].flatMap(({ peer }) => [...(peer.nets ?? []), ...(peer.notNets ?? [])]);
  if (new Set(nets.map(({ family }) => family)).size > 1) {
    rule.report.error('BAD_NETS', rule.node, 'a rule cannot hold blocks of both IPv4 and IPv6: make it two rules');
  } else if (ipVersion !== null && nets.some(({ family }) => family !== ipVersion)) {
    rule.report.error('BAD_NETS', rule.node, `\`ipVersion: ${ipVersion}\` does not go with the blocks of the rule`);
  }
}
