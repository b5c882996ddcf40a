import { createHash } from 'node:crypto';
import type { FindingWords } from '../table/decisions.ts';

/** A prefix of more bytes is shortened: its ends are kept, what is between becomes a hash of the whole. */
const MAX_BYTES = 62;
const KEPT = 10;
const HASH_LETTERS = 41;

/**
 * What Calico puts in front of names, by kind. Its own kinds have had a short name since 3.31, and their tier before;
 * kinds of others have had `knp/` and the like since then, and a tier's name before.
 */
const NAMES: ReadonlyMap<string, { readonly shorts: readonly string[]; readonly foreign: readonly string[] }> = new Map(
  [
    ['NetworkPolicy', { shorts: ['np'], foreign: ['knp/', 'knp.default.'] }],
    ['GlobalNetworkPolicy', { shorts: ['gnp'], foreign: [] }],
    ['ClusterNetworkPolicy', { shorts: [], foreign: ['kcnp/'] }],
    ['AdminNetworkPolicy', { shorts: [], foreign: ['kanp.adminnetworkpolicy.'] }],
    ['BaselineAdminNetworkPolicy', { shorts: [], foreign: ['kbanp.baselineadminnetworkpolicy.'] }],
    ['StagedKubernetesNetworkPolicy', { shorts: [], foreign: ['sknp/', 'knp/', 'knp.default.'] }],
    ['StagedNetworkPolicy', { shorts: ['snp', 'np'], foreign: [] }],
    ['StagedGlobalNetworkPolicy', { shorts: ['sgnp', 'gnp'], foreign: [] }],
  ],
);

/** A name of a policy; and whether its rules are Calico's, one by one: a rule of Kubernetes becomes several there. */
type Candidate = { readonly name: string; readonly counts: boolean };

/**
 * Whether a prefix that a Calico node logged names what replay found: by making the prefixes that Calico would write for
 * it, as long ones hold a hash alone. Source: felix/rules/nflogprefix.go, felix/types (PolicyID), felix/hashutils.
 */
export function namesFinding(prefix: string, found: FindingWords): boolean {
  const parts = /^([ADP]([PR])[IE])(\d{0,5})/.exec(prefix);
  if (parts === null) return false;
  const [, head, owner, index] = parts;
  const isNamed = ({ name }: Candidate): boolean => shortened(`${head}${index}|${name}`) === prefix;
  if (owner === 'R') return found.reason === 'profile' || found.action === 'none';
  if (index === '') {
    if (found.reason !== 'end-of-tier') return false;
    const policies = (found.isolatedBy ?? []).flatMap((policy) => candidates(policy, null, found.tier!));
    return [{ name: found.tier!, counts: false }, ...policies].some(isNamed);
  }
  if (found.reason !== 'rule') return false;
  const named = candidates(found.policy!, found.kind, found.tier!).filter(isNamed);
  return named.some(({ counts }) => !counts || found.rule === Number(index));
}

/**
 * The same of a policy in a flow log: `index|tier|name|action`, newer ones with `|rule` behind (-1 is the end of the
 * tier) and a short kind and a colon before the name. Source: Calico Enterprise, "Flow log data types", `policies`.
 */
export function namesPolicy(hit: string, found: FindingWords): boolean {
  const [, tier, told, action, rule] = hit.split('|');
  if (tier === undefined || told === undefined || action === undefined) return false;
  const name = told.replace(':', '/');
  if (tier === '__PROFILE__') return found.reason === 'profile' || found.action === 'none';
  if (found.reason !== 'rule' && found.reason !== 'end-of-tier') return false;
  if (tier !== found.tier) return false;
  const isEnd = found.reason === 'end-of-tier';
  if (rule !== undefined && (rule === '-1') !== isEnd) return false;
  const policies = isEnd ? (found.isolatedBy ?? []) : [found.policy!];
  return policies
    .flatMap((policy) => candidates(policy, isEnd ? null : found.kind, tier))
    .some((one) => one.name === name && (!one.counts || isEnd || rule === undefined || Number(rule) === found.rule));
}

/** Every name that a version of Calico has for a policy; of an unknown kind, those of all kinds. */
function candidates(policy: string, kind: string | null, tier: string): Candidate[] {
  const slash = policy.lastIndexOf('/');
  const namespace = policy.slice(0, slash + 1);
  const name = policy.slice(slash + 1);
  const bare = name.startsWith(`${tier}.`) ? name.slice(tier.length + 1) : name;
  const own = [...new Set([name, bare, `${tier}.${bare}`])];
  const kinds = kind === null ? [...NAMES.keys()] : [kind];
  const { shorts, foreign } = kinds
    .map((one) => NAMES.get(one) ?? { shorts: [], foreign: [] })
    .reduce((all, one) => ({ shorts: [...all.shorts, ...one.shorts], foreign: [...all.foreign, ...one.foreign] }));
  return [
    ...own.map((it) => ({ name: `${namespace}${it}`, counts: true })),
    ...shorts.flatMap((short) => own.map((it) => ({ name: `${short}/${namespace}${it}`, counts: true }))),
    ...foreign.map((start) => ({ name: start.replace('/', `/${namespace}`) + name, counts: false })),
    ...foreign.map((start) => ({ name: `${namespace}${start}${name}`, counts: false })),
  ];
}

function shortened(prefix: string): string {
  const bytes = Buffer.from(prefix);
  if (bytes.length <= MAX_BYTES) return prefix;
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, HASH_LETTERS);
  return `${prefix.slice(0, KEPT)}_${hash}_${prefix.slice(-KEPT)}`;
}
