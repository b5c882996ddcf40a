import type { Failsafes } from './failsafe.ts';
import { type Settings, SWITCH_NAMES, SWITCHES, type SwitchName } from './switches.ts';

/** What enforces the policies, and how. */
export type Dataplane = Settings & {
  /** Shown in reports: whose behaviour was followed. */
  readonly name: string;
  /** The version whose behaviour that is; absent where it is nobody's. */
  readonly version?: string;
  /** The UDP port of VXLAN. */
  readonly vxlanPort: number;
  /** Ports that host endpoints always let through (ledger 126). Absent: Calico's defaults. */
  readonly failsafes?: Failsafes;
};

/** What the manifests say of the dataplane (FelixConfiguration `default`). */
export type Felix = Partial<Settings> & {
  readonly dataplane?: DataplaneName;
  readonly vxlanPort?: number;
  readonly failsafes?: Failsafes;
};

const CALICO_VERSION = 'Calico v3.33-dev of August 2026';

/** IANA's, and Calico's default. */
const VXLAN_PORT = 4789;

const ON_IPTABLES = Object.fromEntries(SWITCH_NAMES.map((name) => [name, SWITCHES[name].values[0]])) as Settings;

/** Each dataplane, where it differs from Calico on iptables. Calico's read FelixConfiguration. */
const PRESETS = {
  'calico-iptables': { felix: true, differs: {} },
  // Felix renders the same chains for both; kube-proxy's nftables mode translates as its iptables mode does.
  'calico-nftables': { felix: true, differs: {} },
  'calico-ebpf': {
    felix: true,
    differs: {
      'node-port-source': 'client',
      'node-port-from-pods': 'here',
      'midstream-tcp': 'drop',
      'syn-of-answerer': 'judge',
      timeouts: 'bpf',
    },
  },
  none: {
    felix: false,
    differs: {
      policies: 'ignore',
      invalid: 'judge',
      'vxlan-from-pods': 'allow',
      'ipip-from-pods': 'allow',
      'spoofed-sources': 'allow',
    },
  },
} as const satisfies Readonly<Record<string, { readonly felix: boolean; readonly differs: Partial<Settings> }>>;

export type DataplaneName = keyof typeof PRESETS;
export const DATAPLANES = Object.keys(PRESETS) as readonly DataplaneName[];

/** A dataplane by its name: as it comes, then what the manifests say of it, then what somebody sets. */
export function dataplaneOf(name: DataplaneName, felix: Felix = {}, set: Partial<Settings> = {}): Dataplane {
  const isCalicos = PRESETS[name].felix;
  const { dataplane: _, ...said } = isCalicos ? felix : {};
  const settings = { vxlanPort: VXLAN_PORT, ...ON_IPTABLES, ...PRESETS[name].differs, ...said, ...set, name };
  return isCalicos ? { ...settings, version: CALICO_VERSION } : settings;
}

/** The switches that are not as the dataplane of that name has them. */
export function changedSwitches(dataplane: Dataplane): SwitchName[] {
  const preset = PRESETS[dataplane.name as DataplaneName];
  if (preset === undefined) return [];
  const usual = { ...ON_IPTABLES, ...preset.differs };
  return SWITCH_NAMES.filter((name) => dataplane[name] !== usual[name]);
}

export const CALICO_IPTABLES: Dataplane = dataplaneOf('calico-iptables');
