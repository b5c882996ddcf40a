import type { Exposure } from '../../model/exposure.ts';
import type { Fields, Known } from '../fields.ts';
import type { Kind, Metadata, Parsed } from '../kind.ts';
import type { Located } from '../node.ts';
import { readAddresses, readPrefix } from './address.ts';
import { checkedPort, readProtocol } from './protocol.ts';
import { AFFINITY_SECONDS, textsAsLabels } from './service-fields.ts';

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
const EXTERNAL_NAME = 'ExternalName';
const CLIENT_IP = 'ClientIP';
const LOCAL = 'Local';

/** A Service: its addresses and ports, and how it chooses among what `assemble` finds behind it. */
export const service: Kind = {
  kind: 'Service',
  apiVersions: ['v1'],
  scope: 'namespaced',
  fields: ['spec', 'status'],
  strictness: 'warning',
  simulated: 'addresses, ports, nodePorts, traffic policies, affinity, source ranges',
  warned: 'ExternalName',
  read: readService,
};

function readService(object: Fields, { namespace, name, at }: Metadata): Parsed {
  const spec = object.object('spec', SERVICE_SPEC);
  const ports = (spec?.objects('ports', SERVICE_PORT) ?? []).flatMap((port) => readPort(port) ?? []);
  const known = { namespace: namespace as string, name, backends: [], at };
  if (spec === null) return { type: 'service', service: { ...known, addresses: [], ports: [] } };
  if (spec.string('type')?.value === EXTERNAL_NAME) {
    const message = 'a Service of type `ExternalName` is a name for a name: it has no address and no effect here';
    object.report.warning('EXTERNAL_NAME', at, message);
    return { type: 'service', service: { ...known, addresses: [], ports: [] } };
  }
  const exposure = readExposure(spec, object, ports);
  const { clusterAddresses, externalAddresses, balancerAddresses } = exposure;
  const addresses = [...clusterAddresses, ...externalAddresses, ...balancerAddresses];
  return {
    type: 'service',
    service: { ...known, addresses, ports: ports.map(({ target, ...port }) => port), exposure },
  };
}

function readExposure(spec: Fields, object: Fields, ports: readonly { target: number | string }[]): Exposure {
  const { report } = object;
  const addresses = (texts: readonly Located<string>[]) =>
    readAddresses(
      texts.filter(({ value }) => value !== '' && value !== HEADLESS),
      report,
    );
  const affinity = spec.string('sessionAffinity')?.value === CLIENT_IP;
  const seconds = spec
    .object('sessionAffinityConfig', 'any')
    ?.object('clientIP', 'any')
    ?.integer('timeoutSeconds')?.value;
  const selector = textsAsLabels(spec.texts('selector'));
  return {
    clusterAddresses: addresses(clusterTexts(spec)),
    externalAddresses: addresses(spec.strings('externalIPs')),
    balancerAddresses: addresses(balancerTexts(object)),
    selector: selector.size === 0 ? null : selector,
    targets: ports.map(({ target }) => target),
    affinitySeconds: affinity ? (seconds ?? AFFINITY_SECONDS) : null,
    internalLocal: spec.string('internalTrafficPolicy')?.value === LOCAL,
    externalLocal: spec.string('externalTrafficPolicy')?.value === LOCAL,
    sourceRanges: spec.strings('loadBalancerSourceRanges').flatMap(({ value, node }) => {
      // The API server takes blanks around a range.
      return readPrefix({ value: value.trim(), node }, report) ?? [];
    }),
    publishNotReady: spec.boolean('publishNotReadyAddresses'),
    endpoints: null,
  };
}

function readPort(fields: Fields) {
  const written = fields.integer('port');
  if (written === null && fields.get('port') === null) fields.missing('port', 'a port number');
  const port = written === null ? null : checkedPort('port', written, fields);
  const protocol = readProtocol(fields);
  const nodePort = fields.integer('nodePort')?.value || null;
  const aim = fields.get('targetPort');
  const target = aim?.type === 'scalar' && typeof aim.value === 'number' ? aim.value : null;
  const named = target === null && aim !== null ? fields.string('targetPort') : null;
  if (port === null) return null;
  return {
    name: fields.string('name')?.value || null,
    protocol,
    port,
    nodePort,
    target: (target ?? named?.value) || port,
  };
}

function clusterTexts(spec: Fields): Located<string>[] {
  const several = spec.strings('clusterIPs');
  const one = spec.string('clusterIP');
  return several.length === 0 && one !== null ? [one] : several;
}

/** `hostname` alone leads elsewhere; `ipMode: Proxy` means that nodes do not translate the address themselves. */
function balancerTexts(object: Fields): Located<string>[] {
  const balancer = object.object('status', 'any')?.object('loadBalancer', 'any')?.objects('ingress', 'any') ?? [];
  return balancer.flatMap((entry) => (entry.string('ipMode')?.value === 'Proxy' ? [] : (entry.string('ip') ?? [])));
}
