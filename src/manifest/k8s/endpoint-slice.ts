import type { ServiceEndpoint } from '../../model/exposure.ts';
import type { Fields, Known } from '../fields.ts';
import type { Kind, Metadata, Parsed } from '../kind.ts';
import { readAddresses } from './address.ts';
import { checkedPort, readProtocol } from './protocol.ts';

/** The label that names the Service of a slice. Source: discovery.k8s.io/v1, LabelServiceName. */
const SERVICE_NAME = 'kubernetes.io/service-name';

/** Source: k8s.io/api, discovery/v1 Endpoint and EndpointPort. */
const ENDPOINT: Known = [
  'addresses',
  'conditions',
  'hostname',
  'targetRef',
  'deprecatedTopology',
  'nodeName',
  'zone',
  'hints',
];
const CONDITIONS: Known = ['ready', 'serving', 'terminating'];
const HINTS: Known = ['forNodes', 'forZones'];
const PORT: Known = ['name', 'protocol', 'port', 'appProtocol'];

/** What stands behind a Service: every address with every port, ready or not. */
export const endpointSlice: Kind = {
  kind: 'EndpointSlice',
  apiVersions: ['discovery.k8s.io/v1'],
  scope: 'namespaced',
  fields: ['addressType', 'endpoints', 'ports'],
  strictness: 'warning',
  simulated: 'addresses, ports, conditions',
  warned: 'addresses that are names',
  read: readSlice,
};

function readSlice(object: Fields, { labels, at }: Metadata): Parsed {
  const service = labels.get(SERVICE_NAME) ?? null;
  const ports = object.objects('ports', PORT).flatMap((port) => readPort(port) ?? []);
  const endpoints = object.objects('endpoints', ENDPOINT);
  if (object.string('addressType')?.value === 'FQDN') {
    object.report.warning(
      'NAMES_NOT_RESOLVED',
      at,
      'a slice of names (`addressType: FQDN`) is ignored: no name is resolved',
    );
    return { type: 'backends', service, backends: [], endpoints: [] };
  }
  const behind = endpoints.map((endpoint): ServiceEndpoint => {
    const conditions = endpoint.object('conditions', CONDITIONS);
    // A condition that is left out: ready, serving as far as ready, not terminating (discovery/v1, EndpointConditions).
    const ready = conditions === null || conditions.get('ready') === null || conditions.boolean('ready');
    return {
      addresses: readAddresses(endpoint.strings('addresses'), object.report),
      node: endpoint.string('nodeName')?.value || null,
      ready,
      serving: conditions === null || conditions.get('serving') === null ? ready : conditions.boolean('serving'),
      terminating: conditions?.boolean('terminating') ?? false,
      forNodes: hinted(endpoint, 'forNodes'),
      forZones: hinted(endpoint, 'forZones'),
      ports,
    };
  });
  const backends = behind.flatMap(({ addresses }) =>
    addresses.flatMap((address) => ports.map(({ protocol, port }) => ({ address, protocol, port }))),
  );
  return { type: 'backends', service, backends, endpoints: behind };
}

/** Who is to keep to an endpoint. Source: discovery/v1, EndpointHints. */
const hinted = (endpoint: Fields, field: string): string[] =>
  (endpoint.object('hints', HINTS)?.objects(field, ['name']) ?? []).flatMap((one) => one.string('name')?.value ?? []);

/** A port without a number stands for no port in particular: it makes no backend. */
function readPort(fields: Fields): ServiceEndpoint['ports'][number] | null {
  const protocol = readProtocol(fields);
  const written = fields.integer('port');
  const port = written === null ? null : checkedPort('port', written, fields);
  return port === null ? null : { name: fields.string('name')?.value || null, protocol, port };
}
