/** Address classes: groups of address-groups.ts that also have the same profiles and the same role. */
import type { Endpoint } from '../model/endpoint.ts';
import { PROFILE_OUTSIDE } from '../table/decisions.ts';
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
};

/** What makes a class, before its profiles are known. */
type Member = Pick<AddressGroup, 'nets' | 'selectors' | 'bindings' | 'role'> & { readonly subject: Endpoint | null };

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
    const key = `${nets} ${selectors} ${bindings} ${role} ${egress} ${ingress}`;
    return list.id(key, () => ({ nets, selectors, bindings, role, egress, ingress }));
  };
  return { list, of: groups.list.map(add), add };
}

export function packClasses(classes: readonly AddressClass[], ofEndpoint: readonly number[]): ClassTable {
  const column = (pick: (one: AddressClass) => number): Uint32Array => {
    const words = sharedWords(classes.length);
    classes.forEach((one, i) => {
      words[i] = pick(one);
    });
    return words;
  };
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
