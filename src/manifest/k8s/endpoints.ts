import type { ServiceEndpoint } from '../../model/exposure.ts';
import type { Fields } from '../fields.ts';
import type { Kind, Metadata, Parsed } from '../kind.ts';
import { readAddresses } from './address.ts';
import { checkedPort, readProtocol } from './protocol.ts';

/**
 * The older way to say what stands behind the Service of the same name. Read only where no slice tells: the cluster
 * makes slices of it. Source: k8s.io/api, core/v1 Endpoints.
 */
export const endpoints: Kind = {
  kind: 'Endpoints',
  apiVersions: ['v1'],
  scope: 'namespaced',
  fields: ['subsets'],
  strictness: 'warning',
  simulated: 'addresses and ports, where no EndpointSlice tells',
  warned: '',
  read: readEndpoints,
};

function readEndpoints(object: Fields, { name }: Metadata): Parsed {
  const behind = object.objects('subsets', 'any').flatMap((subset) => {
    const ports = subset.objects('ports', 'any').flatMap((port) => readPort(port) ?? []);
    const read = (field: string, ready: boolean): ServiceEndpoint[] =>
      subset.objects(field, 'any').map((entry) => ({
        addresses: readAddresses([entry.string('ip') ?? []].flat(), object.report),
        node: entry.string('nodeName')?.value || null,
        ready,
        serving: ready,
        terminating: false,
        ports,
      }));
    return [...read('addresses', true), ...read('notReadyAddresses', false)];
  });
  return { type: 'endpoints', service: name, endpoints: behind };
}

function readPort(fields: Fields): ServiceEndpoint['ports'][number] | null {
  const protocol = readProtocol(fields);
  const written = fields.integer('port');
  const port = written === null ? null : checkedPort('port', written, fields);
  return port === null ? null : { name: fields.string('name')?.value || null, protocol, port };
}
