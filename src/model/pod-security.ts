/** The Pod Security Standards, from the loosest to the strictest. */
export const LEVELS = ['privileged', 'baseline', 'restricted'] as const;
export type Level = (typeof LEVELS)[number];

export const MODES = ['enforce', 'audit', 'warn'] as const;
export type Mode = (typeof MODES)[number];

/** A level as of a minor version of Kubernetes 1; null is the latest. */
export type LevelVersion = { readonly level: Level; readonly minor: number | null };

export type PodSecurity = Readonly<Record<Mode, LevelVersion>>;

/** What an AdmissionConfiguration says of the plugin PodSecurity. */
export type PodSecurityConfiguration = {
  readonly defaults: PodSecurity;
  readonly exempt: {
    readonly users: readonly string[];
    readonly namespaces: readonly string[];
    readonly runtimeClasses: readonly string[];
  };
};

const PRIVILEGED: LevelVersion = { level: 'privileged', minor: null };

export const NO_CONFIGURATION: PodSecurityConfiguration = {
  defaults: { enforce: PRIVILEGED, audit: PRIVILEGED, warn: PRIVILEGED },
  exempt: { users: [], namespaces: [], runtimeClasses: [] },
};

export const MODE_LABEL = 'pod-security.kubernetes.io/';

export const levelOf = (text: string): Level | null => LEVELS.find((level) => level === text) ?? null;

/** The minor version of `latest` (null) or `v1.N`; undefined when it is neither. */
export function minorOf(text: string): number | null | undefined {
  if (text === 'latest') return null;
  const minor = /^v1\.(0|[1-9][0-9]{0,5})$/.exec(text)?.[1];
  return minor === undefined ? undefined : Number(minor);
}

export const levelText = ({ level, minor }: LevelVersion): string =>
  `${level}:${minor === null ? 'latest' : `v1.${minor}`}`;
