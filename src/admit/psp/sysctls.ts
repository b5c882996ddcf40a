import { type Family, POD_CONTEXT } from './family.ts';

/** What one pod sets for itself and no other. Source: Kubernetes 1.24, SafeSysctlAllowlist */
const SAFE: readonly string[] = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
];

export const sysctls: Family = {
  name: 'sysctls',
  check: ({ allowedUnsafeSysctls, forbiddenSysctls }, { security }) =>
    security.sysctls.flatMap((given, index) => {
      const name = withDots(given);
      const forbidden = forbiddenSysctls.some((pattern) => fits(name, pattern));
      if (!forbidden && (SAFE.includes(name) || allowedUnsafeSysctls.some((pattern) => fits(name, pattern)))) return [];
      const message = forbidden ? `sysctl \`${given}\` is forbidden` : `unsafe sysctl \`${given}\` is not allowed`;
      return [{ path: [...POD_CONTEXT, 'sysctls', index, 'name'], message }];
    }),
};

function fits(name: string, pattern: string): boolean {
  const wanted = withDots(pattern);
  return wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
}

/** Slashes may separate instead of dots, and then dots are part of a name: the first mark tells. */
const withDots = (name: string): string =>
  /^[^.]*\//.test(name) ? name.replace(/[./]/g, (mark) => (mark === '/' ? '.' : '/')) : name;
