import { type Check, containersOf, type Revision, unlessWindows } from '../check.ts';

/** What container runtimes give by themselves, without NET_RAW. */
const BASELINE = [
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP'],
  ...['SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
];
const RESTRICTED = ['NET_BIND_SERVICE'];

const addedFaults =
  (allowed: readonly string[]): Revision['faults'] =>
  (pod) =>
    containersOf(pod).flatMap(({ path, security }) =>
      (security.capabilities?.add ?? []).flatMap((name, index) =>
        allowed.includes(name)
          ? []
          : [{ path: [...path, 'capabilities', 'add', index], message: `capability \`${name}\` must not be added` }],
      ),
    );

const keptFaults: Revision['faults'] = (pod) =>
  containersOf(pod)
    .filter(({ security }) => !security.capabilities?.drop.includes('ALL'))
    .map(({ path }) => ({ path: [...path, 'capabilities', 'drop'], message: 'must hold `ALL`' }));

const restrictedFaults: Revision['faults'] = (pod) => [...keptFaults(pod), ...addedFaults(RESTRICTED)(pod)];

export const capabilitiesBaseline: Check = {
  id: 'capabilities_baseline',
  level: 'baseline',
  revisions: [{ from: 0, faults: addedFaults(BASELINE) }],
};

export const capabilitiesRestricted: Check = {
  id: 'capabilities_restricted',
  level: 'restricted',
  revisions: [
    { from: 22, faults: restrictedFaults, overrides: capabilitiesBaseline.id },
    { from: 25, faults: unlessWindows(restrictedFaults), overrides: capabilitiesBaseline.id },
  ],
};
