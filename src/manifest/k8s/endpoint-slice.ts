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
const PORT: Known = ['name', 'protocol', 'port', 'appProtocol'];

/** What stands behind a Service: every address with every port, ready or not. */
export const endpointSlice: Kind = {
  kind: 'EndpointSlice',
  apiVersions: ['discovery.k8s.io/v1'],
  scope: 'namespaced',
  fields: ['addressType', 'endpoints', 'ports'],
  strictness: 'warning',
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
    return { type: 'backends', service, backends: [] };
  }
  const addresses = readAddresses(
    endpoints.flatMap((endpoint) => endpoint.strings('addresses')),
    object.report,
  );
  const backends = addresses.flatMap((address) => ports.map((port) => ({ address, ...port })));
  return { type: 'backends', service, backends };
}

/** A port without a number stands for no port in particular: it makes no backend. */
function readPort(fields: Fields): { protocol: number; port: number } | null {
  const protocol = readProtocol(fields);
  const written = fields.integer('port');
  const port = written === null ? null : checkedPort('port', written, fields);
  return port === null ? null : { protocol, port };
}
