import type { Dataplane } from '../../model/dataplane.ts';
import { quote } from '../../source/quote.ts';
import type { Fields } from '../fields.ts';
import type { Kind, Parsed } from '../kind.ts';
import { API_VERSIONS } from './dialect.ts';
import { readFailsafes } from './failsafe-ports.ts';

/** The object that is for all nodes; `node.NAME` is for one. */
const FOR_ALL = 'default';

/**
 * Settings that change verdicts, the values that are simulated, and what another value does. The other settings decide
 * nothing that is simulated. Source: felix/config/config_params.go.
 */
const SIMULATED: readonly { readonly field: string; readonly values: readonly string[]; readonly does: string }[] = [
  {
    field: 'defaultEndpointToHostAction',
    values: ['Accept', 'ACCEPT', 'Drop', 'DROP'],
    does: 'traffic from a pod to its own node is judged as with `Accept`',
  },
  {
    field: 'bpfEnabled',
    values: ['false'],
    does: 'what the eBPF dataplane does otherwise than iptables is not simulated',
  },
  {
    field: 'iptablesFilterAllowAction',
    values: ['Accept'],
    does: 'other rules of the node may drop what Calico allows, and are not known here',
  },
  {
    field: 'nftablesFilterAllowAction',
    values: ['Accept'],
    does: 'other rules of the node may drop what Calico allows, and are not known here',
  },
  {
    field: 'chainInsertMode',
    values: ['Insert', 'insert'],
    does: 'other rules of the node may decide before Calico, and are not known here',
  },
];

/** Source: api v3 felixconfig.go. */
export const felixConfiguration: Kind = {
  kind: 'FelixConfiguration',
  apiVersions: API_VERSIONS,
  scope: 'cluster',
  fields: ['spec'],
  strictness: 'warning',
  read: (object, { name }) => {
    const spec = object.object('spec', 'any');
    return spec === null ? { type: 'nothing' } : readSettings(spec, name);
  },
};

function readSettings(spec: Fields, name: string): Parsed {
  for (const { field, values, does } of SIMULATED) {
    const node = spec.get(field);
    if (node === null || (node.type === 'scalar' && values.includes(String(node.value)))) continue;
    const written = node.type === 'scalar' ? node.text : '';
    spec.report.warning('NOT_SIMULATED', node, `${quote(field)} is ${quote(written)}: ${does}`);
  }
  if (name === FOR_ALL) return { type: 'felix', dataplane: settings(spec) };
  for (const field of READ) {
    const node = spec.get(field);
    if (node === null) continue;
    const message = `${quote(field)} of ${quote(name)} is left out: it is read of ${quote(FOR_ALL)} alone`;
    spec.report.warning('NOT_SIMULATED', node, message);
  }
  return { type: 'nothing' };
}

const READ = [
  'disableConntrackInvalidCheck',
  'vxlanPort',
  'allowVXLANPacketsFromWorkloads',
  'allowIPIPPacketsFromWorkloads',
  'failsafeInboundHostPorts',
  'failsafeOutboundHostPorts',
  'wireguardEnabled',
  'wireguardEnabledV6',
];

/** IANA, and Calico's default. */
const VXLAN_PORT = 4789;

const settings = (spec: Fields): Partial<Dataplane> => ({
  dropInvalid: !spec.boolean('disableConntrackInvalidCheck'),
  podToOwnNode: spec.string('defaultEndpointToHostAction')?.value.toLowerCase() === 'drop' ? 'drop' : 'accept',
  vxlanFromPods: spec.boolean('allowVXLANPacketsFromWorkloads')
    ? null
    : (spec.integer('vxlanPort')?.value ?? VXLAN_PORT),
  ipipFromPods: spec.boolean('allowIPIPPacketsFromWorkloads'),
  failsafes: readFailsafes(spec),
});
