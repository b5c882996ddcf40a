import type { Check, Revision } from '../check.ts';

const SINCE: readonly (readonly [from: number, names: readonly string[]])[] = [
  [
    0,
    [
      'kernel.shm_rmid_forced',
      'net.ipv4.ip_local_port_range',
      'net.ipv4.tcp_syncookies',
      'net.ipv4.ping_group_range',
      'net.ipv4.ip_unprivileged_port_start',
    ],
  ],
  [27, ['net.ipv4.ip_local_reserved_ports']],
  [
    29,
    [
      'net.ipv4.tcp_keepalive_time',
      'net.ipv4.tcp_fin_timeout',
      'net.ipv4.tcp_keepalive_intvl',
      'net.ipv4.tcp_keepalive_probes',
    ],
  ],
  [32, ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']],
  [37, ['net.ipv4.tcp_slow_start_after_idle', 'net.ipv4.tcp_notsent_lowat']],
];

/** What was allowed before stays allowed. */
const revisions: readonly Revision[] = SINCE.map(([from], i) => {
  const allowed = new Set(SINCE.slice(0, i + 1).flatMap(([, names]) => names));
  return {
    from,
    faults: ({ security: { sysctls } }) =>
      sysctls.flatMap((name, index) =>
        allowed.has(name)
          ? []
          : [
              {
                path: ['spec', 'securityContext', 'sysctls', index, 'name'],
                message: `sysctl \`${name}\` is not allowed`,
              },
            ],
      ),
  };
});

export const sysctls: Check = { id: 'sysctls', level: 'baseline', revisions };
