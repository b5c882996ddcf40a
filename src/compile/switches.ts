/** Lowers a dataplane: what replay asks of it as it goes, and the words for reports. */
import { changedSwitches, type Dataplane } from '../model/dataplane.ts';
import { SWITCH_NAMES } from '../model/switches.ts';
import type { MatchTable, Switches } from '../table/match-table.ts';
import { PolicyTable } from '../table/policy-table.ts';

/** The table as another dataplane enforces it, which reads the same of the policies. */
export const tableUnder = (table: MatchTable, dataplane: Dataplane): PolicyTable =>
  new PolicyTable({ ...table, switches: switchesOf(dataplane) });

export function switchesOf(dataplane: Dataplane): Switches {
  return {
    dataplane: dataplane.name,
    ...(dataplane.version === undefined ? {} : { dataplaneVersion: dataplane.version }),
    settings: Object.fromEntries(SWITCH_NAMES.map((name) => [name, dataplane[name]])),
    changed: changedSwitches(dataplane),
    dropInvalid: dataplane.invalid === 'drop',
    nodeToOwnPod: dataplane['node-to-own-pod'] === 'allow',
    podToOwnNode: dataplane['pod-to-own-node'] === 'accept',
    vxlanFromPods: dataplane['vxlan-from-pods'] === 'drop' ? dataplane.vxlanPort : null,
    ipipFromPods: dataplane['ipip-from-pods'] === 'allow',
    allowSpoofed: dataplane['spoofed-sources'] === 'allow',
    allowHairpin: dataplane.hairpin === 'allow',
    keepClient: dataplane['node-port-source'] === 'client',
    translateAtPod: dataplane['node-port-from-pods'] === 'here',
    masqueradeAll: dataplane['masquerade-all'] === 'yes',
    dropMidstreamTcp: dataplane['midstream-tcp'] === 'drop',
    judgeSynOfAnswerer: dataplane['syn-of-answerer'] === 'judge',
    bpfTimeouts: dataplane.timeouts === 'bpf',
  };
}
