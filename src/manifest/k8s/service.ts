import type { Fields, Known } from '../fields.ts';
import type { Kind, Metadata, Parsed } from '../kind.ts';
import type { Located } from '../node.ts';
import { readAddresses } from './address.ts';
import { checkedPort, readProtocol } from './protocol.ts';

/** Source: k8s.io/api, core/v1 ServiceSpec and ServicePort. */
const SERVICE_SPEC: Known = [
  'clusterIP',
  'clusterIPs',
  'externalIPs',
  'ports',
  'type',
  'selector',
  'allocateLoadBalancerNodePorts',
  'externalName',
  'externalTrafficPolicy',
  'healthCheckNodePort',
  'internalTrafficPolicy',
  'ipFamilies',
  'ipFamilyPolicy',
  'loadBalancerClass',
  'loadBalancerIP',
  'loadBalancerSourceRanges',
  'publishNotReadyAddresses',
  'sessionAffinity',
  'sessionAffinityConfig',
  'topologyKeys',
  'trafficDistribution',
];
const SERVICE_PORT: Known = ['name', 'protocol', 'port', 'nodePort', 'targetPort', 'appProtocol'];

/** What a headless Service has for an address. */
const HEADLESS = 'None';

/** A Service as far as it owns addresses and ports; endpoint slices say where it leads. */
export const service: Kind = {
  kind: 'Service',
  apiVersions: ['v1'],
  scope: 'namespaced',
  fields: ['spec', 'status'],
  strictness: 'warning',
  read: readService,
};

function readService(object: Fields, { namespace, name, at }: Metadata): Parsed {
  const spec = object.object('spec', SERVICE_SPEC);
  const ports = (spec?.objects('ports', SERVICE_PORT) ?? []).flatMap((port) => readPort(port) ?? []);
  const addresses = readAddresses(spec === null ? [] : addressTexts(spec, object), object.report);
  return { type: 'service', service: { namespace: namespace as string, name, addresses, ports, backends: [], at } };
}

function readPort(fields: Fields) {
  const written = fields.integer('port');
  if (written === null && fields.get('port') === null) fields.missing('port', 'a port number');
  const port = written === null ? null : checkedPort('port', written, fields);
  const protocol = readProtocol(fields);
  const nodePort = fields.integer('nodePort')?.value || null;
  return port === null ? null : { name: fields.string('name')?.value || null, protocol, port, nodePort };
}

function addressTexts(spec: Fields, object: Fields): Located<string>[] {
  const several = spec.strings('clusterIPs');
  const one = spec.string('clusterIP');
  const own = several.length === 0 && one !== null ? [one] : several;
  const balancer = object.object('status', 'any')?.object('loadBalancer', 'any')?.objects('ingress', 'any') ?? [];
  const balanced = balancer.flatMap((entry) => entry.string('ip') ?? []);
  return [...own, ...spec.strings('externalIPs'), ...balanced].filter(
    ({ value }) => value !== '' && value !== HEADLESS,
  );
}
