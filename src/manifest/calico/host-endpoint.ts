import type { Known } from '../fields.ts';
import type { Kind } from '../kind.ts';
import { API_VERSIONS, v3Metadata } from './dialect.ts';

const HOST_ENDPOINT_SPEC: Known = ['node', 'interfaceName', 'expectedIPs', 'profiles', 'ports'];

/** An interface of a node. `assemble` says which policies would be in force there. Source: api v3 hostendpoint.go. */
export const hostEndpoint: Kind = {
  kind: 'HostEndpoint',
  apiVersions: API_VERSIONS,
  scope: 'cluster',
  fields: ['spec'],
  strictness: 'error',
  simulated: '',
  warned: 'all of it, with the policies that would police its node',
  read: (object, metadata, apiVersion) => {
    const spec = object.object('spec', HOST_ENDPOINT_SPEC);
    const { name, labels, at } = v3Metadata(metadata, apiVersion, null, object.report);
    return { type: 'host-endpoint', host: { name, node: spec?.string('node')?.value ?? '', labels, at } };
  },
};
