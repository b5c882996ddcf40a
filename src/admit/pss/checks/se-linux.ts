import type { Fault } from '../../fault.ts';
import { type Check, contextsOf, type Revision } from '../check.ts';

const TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t'];

const withTypes =
  (types: readonly string[]): Revision['faults'] =>
  (pod) =>
    contextsOf(pod).flatMap(({ path, security: { seLinux } }) => {
      if (seLinux === null) return [];
      const faults: Fault[] = (['user', 'role'] as const)
        .filter((field) => seLinux[field] !== '')
        .map((field) => ({ path: [...path, 'seLinuxOptions', field], message: 'must not be set' }));
      if (types.includes(seLinux.type)) return faults;
      const expected = types.filter((type) => type !== '').join(', ');
      const message = `must be one of ${expected}, is \`${seLinux.type}\``;
      return [{ path: [...path, 'seLinuxOptions', 'type'], message }, ...faults];
    });

export const seLinuxOptions: Check = {
  id: 'seLinuxOptions',
  level: 'baseline',
  revisions: [
    { from: 0, faults: withTypes(TYPES) },
    { from: 31, faults: withTypes([...TYPES, 'container_engine_t']) },
  ],
};
