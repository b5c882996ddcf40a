import type { DataplaneName, Felix } from '../../model/dataplane.ts';
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
    field: 'bpfConntrackTimeouts',
    values: [],
    does: 'connections are remembered for as long as the dataplane usually does',
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
    field: 'workloadSourceSpoofing',
    values: ['Disabled'],
    does: 'pods that are annotated so may send from other addresses, and such packets are dropped here where a capture shows them',
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
  simulated:
    'of `default`: `bpfEnabled`, `nftablesMode`, `disableConntrackInvalidCheck`, `defaultEndpointToHostAction`, `vxlanPort`, `allowVXLANPacketsFromWorkloads`, `allowIPIPPacketsFromWorkloads`, `failsafeInboundHostPorts`, `failsafeOutboundHostPorts`, `wireguardEnabled`, `wireguardEnabledV6`, their listening ports',
  warned:
    '`bpfConntrackTimeouts`, `iptablesFilterAllowAction`, `nftablesFilterAllowAction`, `chainInsertMode`, `workloadSourceSpoofing`; the settings of single nodes',
  read: (object, { name }) => {
    const spec = object.object('spec', 'any');
    return spec === null ? { type: 'nothing' } : readSettings(spec, name);
  },
};

function readSettings(spec: Fields, name: string): Parsed {
  for (const { field, values, does } of SIMULATED) {
    const node = spec.get(field);
    if (node === null || (node.type === 'scalar' && values.includes(String(node.value)))) continue;
    const written = node.type === 'scalar' ? `is ${quote(node.text)}` : 'is set';
    spec.report.warning('NOT_SIMULATED', node, `${quote(field)} ${written}: ${does}`);
  }
  if (name === FOR_ALL) return { type: 'felix', felix: felixOf(spec) };
  for (const field of READ) {
    const node = spec.get(field);
    if (node === null) continue;
    const message = `${quote(field)} of ${quote(name)} is left out: it is read of ${quote(FOR_ALL)} alone`;
    spec.report.warning('NOT_SIMULATED', node, message);
  }
  return { type: 'nothing' };
}

const READ = [
  'bpfEnabled',
  'nftablesMode',
  'disableConntrackInvalidCheck',
  'vxlanPort',
  'allowVXLANPacketsFromWorkloads',
  'allowIPIPPacketsFromWorkloads',
  'failsafeInboundHostPorts',
  'failsafeOutboundHostPorts',
  'wireguardEnabled',
  'wireguardEnabledV6',
];

/** What it leaves out stays as the dataplane has it. Source: felix/config/config_params.go. */
function felixOf(spec: Fields): Felix {
  const written = (field: string): boolean => spec.get(field) !== null;
  const dataplane = dataplaneSaid(spec);
  const vxlanPort = spec.integer('vxlanPort')?.value;
  const toHost = spec.string('defaultEndpointToHostAction')?.value.toLowerCase();
  return {
    ...(dataplane !== null && { dataplane }),
    ...(vxlanPort !== undefined && { vxlanPort }),
    failsafes: readFailsafes(spec),
    ...(toHost !== undefined && { 'pod-to-own-node': toHost === 'drop' ? 'drop' : 'accept' }),
    ...(written('disableConntrackInvalidCheck') && {
      invalid: spec.boolean('disableConntrackInvalidCheck') ? 'judge' : 'drop',
    }),
    ...(written('allowVXLANPacketsFromWorkloads') && {
      'vxlan-from-pods': spec.boolean('allowVXLANPacketsFromWorkloads') ? 'allow' : 'drop',
    }),
    ...(written('allowIPIPPacketsFromWorkloads') && {
      'ipip-from-pods': spec.boolean('allowIPIPPacketsFromWorkloads') ? 'allow' : 'drop',
    }),
  };
}

function dataplaneSaid(spec: Fields): DataplaneName | null {
  if (spec.boolean('bpfEnabled')) return 'calico-ebpf';
  return spec.string('nftablesMode')?.value === 'Enabled' ? 'calico-nftables' : null;
}
