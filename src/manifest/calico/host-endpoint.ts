import type { NamedPort } from '../../model/endpoint.ts';
import { quote } from '../../source/quote.ts';
import type { Fields, Known } from '../fields.ts';
import { readAddresses } from '../k8s/address.ts';
import type { Kind, Metadata, Parsed } from '../kind.ts';
import { API_VERSIONS, v3Metadata } from './dialect.ts';
import { readProtocol, WITH_PORTS } from './protocol.ts';

const HOST_ENDPOINT_SPEC: Known = ['node', 'interfaceName', 'expectedIPs', 'profiles', 'ports'];
const PORT: Known = ['name', 'protocol', 'port'];
const MAX_PORT = 65_535;

/** The profiles that allow: the one that Calico gives its own host endpoints, and those of namespaces. */
const ALLOWING = /^(projectcalico-default-allow$|kns\.)/;
/** Those of service accounts have no rules. */
const SILENT = /^ksa\./;

/** An interface of a node, or `*`: all of them. Source: api v3 hostendpoint.go. */
export const hostEndpoint: Kind = {
  kind: 'HostEndpoint',
  apiVersions: API_VERSIONS,
  scope: 'cluster',
  fields: ['spec'],
  strictness: 'error',
  simulated: 'every field but these',
  warned: "`profiles` of one's own: taken to have no rules",
  read: readHostEndpoint,
};

function readHostEndpoint(object: Fields, metadata: Metadata, apiVersion: string): Parsed {
  const { name, labels, at, created } = v3Metadata(metadata, apiVersion, null, object.report);
  const spec = object.object('spec', HOST_ENDPOINT_SPEC);
  if (spec === null) object.missing('spec', 'a mapping with `node`');
  const node = spec?.requiredString('node')?.value ?? '';
  const interfaceName = spec?.string('interfaceName')?.value || null;
  const expected = spec?.strings('expectedIPs') ?? [];
  if (spec !== null && interfaceName === null && expected.length === 0) {
    const message = 'a host endpoint needs `interfaceName` or `expectedIPs`: which interface of the node is it?';
    object.report.error('BAD_HOST_ENDPOINT', spec.node, message);
  }
  const host = {
    namespace: null,
    name,
    labels,
    addresses: readAddresses(expected, object.report),
    namedPorts: spec?.objects('ports', PORT).flatMap((port) => readPort(port) ?? []) ?? [],
    containerPorts: [],
    node,
    interfaceName,
    created,
    profile: readProfile(spec, name),
    at,
  } as const;
  return { type: 'host-endpoint', host };
}

/** What decides after the tiers: the first profile that allows; without any everything is denied. */
function readProfile(spec: Fields | null, host: string): 'allow' | 'deny' {
  const profiles = spec?.strings('profiles') ?? [];
  for (const { value, node } of profiles) {
    if (ALLOWING.test(value) || SILENT.test(value)) continue;
    const message = `profile ${quote(value)} of host endpoint ${quote(host)} is not simulated: it is taken to have no rules`;
    spec!.report.warning('NOT_SIMULATED', node, message);
  }
  return profiles.some(({ value }) => ALLOWING.test(value)) ? 'allow' : 'deny';
}

function readPort(fields: Fields): NamedPort | null {
  const name = fields.requiredString('name')?.value ?? null;
  const protocol = readProtocol(fields, 'protocol');
  const port = fields.integer('port');
  if (fields.get('protocol') === null) fields.missing('protocol', 'TCP, UDP or SCTP');
  if (fields.get('port') === null) fields.missing('port', 'a number from 1 to 65535');
  if (name === null || protocol === null || port === null) return null;
  if (!WITH_PORTS.has(protocol)) {
    fields.report.error('BAD_PROTOCOL', fields.get('protocol')!, 'a named port must be of TCP, UDP or SCTP');
    return null;
  }
  if (port.value < 1 || port.value > MAX_PORT) {
    fields.report.error('BAD_PORT', port.node, `\`port\` ${port.value} must be from 1 to 65535`);
    return null;
  }
  return { name, protocol, port: port.value };
}
