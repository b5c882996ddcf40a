/** Address classes: groups of address-groups.ts that also have the same profiles and the same role. */
import type { Endpoint } from '../model/endpoint.ts';
import type { HostEndpoint } from '../model/host-endpoint.ts';
import type { Direction } from '../model/policy.ts';
import { PROFILE_OUTSIDE } from '../table/decisions.ts';
import type { HostProfiles } from '../table/hosts.ts';
import type { ClassTable } from '../table/match-table.ts';
import { sharedBytes, sharedWords, shareWords } from '../table/shared.ts';
import type { AddressGroup, AddressGroups } from './address-groups.ts';
import { Interner } from './intern.ts';
import type { Profiles } from './profiles.ts';

export type AddressClass = {
  readonly nets: number;
  readonly selectors: number;
  readonly bindings: number;
  readonly role: number;
  readonly egress: number;
  readonly ingress: number;
  readonly host: HostClass;
};

/** Profiles of the host endpoints that govern an address. */
type HostClass = Readonly<Record<'outward' | 'inward', Readonly<Record<Direction, number>>>>;

/** What makes a class, before its profiles are known. */
type Member = Pick<AddressGroup, 'nets' | 'selectors' | 'bindings' | 'role' | 'governor'> & {
  readonly subject: Endpoint | null;
};

export type AddressClasses = {
  readonly list: Interner<AddressClass>;
  /** By address group: its class. */
  readonly of: readonly number[];
  /** The class of one more kind of end. */
  readonly add: (member: Member) => number;
};

export function classAddresses(groups: AddressGroups, profiles: Profiles): AddressClasses {
  const list = new Interner<AddressClass>();
  const add = (member: Member): number => {
    const { nets, selectors, bindings, role, subject } = member;
    const egress = subject === null ? PROFILE_OUTSIDE : profiles.profile('egress', subject, member);
    const ingress = subject === null ? PROFILE_OUTSIDE : profiles.profile('ingress', subject, member);
    const host = member.governor === null ? UNGOVERNED : hostClass(member);
    const about = host === UNGOVERNED ? '' : JSON.stringify(host);
    const key = `${nets} ${selectors} ${bindings} ${role} ${egress} ${ingress}${about}`;
    return list.id(key, () => ({ nets, selectors, bindings, role, egress, ingress, host }));
  };
  const hostClass = (member: Member): HostClass => {
    const { outward, inward } = member.governor!;
    const profile = (direction: Direction, host: HostEndpoint | null): number =>
      host === null ? PROFILE_OUTSIDE : profiles.hostProfile(direction, host, member);
    const both = (host: HostEndpoint | null) => ({
      egress: profile('egress', host),
      ingress: profile('ingress', host),
    });
    return { outward: both(outward), inward: both(inward) };
  };
  return { list, of: groups.list.map(add), add };
}

const NOBODY = { egress: PROFILE_OUTSIDE, ingress: PROFILE_OUTSIDE };
const UNGOVERNED: HostClass = { outward: NOBODY, inward: NOBODY };

function packColumn(classes: readonly AddressClass[], pick: (one: AddressClass) => number): Uint32Array {
  const words = sharedWords(classes.length);
  classes.forEach((one, i) => {
    words[i] = pick(one);
  });
  return words;
}

/** By address class, what host endpoints there judge by. */
export const packHosts = (classes: readonly AddressClass[]): HostProfiles => ({
  egressProfile: packColumn(classes, ({ host }) => host.outward.egress),
  ingressProfile: packColumn(classes, ({ host }) => host.outward.ingress),
  inwardEgressProfile: packColumn(classes, ({ host }) => host.inward.egress),
  inwardIngressProfile: packColumn(classes, ({ host }) => host.inward.ingress),
});

export function packClasses(classes: readonly AddressClass[], ofEndpoint: readonly number[]): ClassTable {
  const column = (pick: (one: AddressClass) => number): Uint32Array => packColumn(classes, pick);
  const role = sharedBytes(classes.length);
  classes.forEach((one, i) => {
    role[i] = one.role;
  });
  return {
    count: classes.length,
    egressProfile: column((one) => one.egress),
    ingressProfile: column((one) => one.ingress),
    role,
    netGroup: column((one) => one.nets),
    selectorGroup: column((one) => one.selectors),
    bindingGroup: column((one) => one.bindings),
    ofEndpoint: shareWords(ofEndpoint),
  };
}
