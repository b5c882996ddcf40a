/** Differences as outputs are given them, by hand: a summary of conversations between ends of any name. */
import type { DifferenceWords, DiffSummary, SideOutcome } from '../src/report/diff/words.ts';
import type { EndDecision } from '../src/table/end-decision.ts';
import { CHANGES, type ChangeWord } from '../src/verdict/differences.ts';
import { noAmount } from '../src/verdict/tally.ts';

const NOBODY: EndDecision = {
  action: 'none',
  tier: null,
  kind: null,
  policy: null,
  rule: null,
  at: null,
  reason: 'no-policy',
  isolatedBy: null,
  isolatedAt: null,
};

export const byRule = (action: 'allow' | 'deny', policy: string, at: string): EndDecision => ({
  ...NOBODY,
  action,
  tier: 'default',
  kind: 'NetworkPolicy',
  policy,
  rule: 0,
  at,
  reason: 'rule',
});

const side = (verdict: SideOutcome['verdict'], ingress: EndDecision): SideOutcome => ({
  verdict,
  reasons: ['policy'],
  egress: NOBODY,
  ingress,
  hostEgress: null,
  hostIngress: null,
});

type Fields = {
  readonly change?: ChangeWord;
  readonly from?: { address: string; name: string | null };
  readonly to?: { address: string; name: string | null };
  readonly proto?: string | number;
  readonly dport?: number | null;
  readonly icmpType?: number | null;
  readonly packets?: number;
  readonly policy?: string;
  readonly at?: string;
};

/** One connection whose verdict the change says. */
export function difference(fields: Fields = {}): DifferenceWords {
  const { change = 'newly-dropped', policy = 'db/p', at = 'new/p.yaml:7:5', packets = 3 } = fields;
  const before = change === 'newly-dropped' || change === 'other-rule' ? 'forwarded' : 'dropped';
  const after = { 'newly-dropped': 'dropped', undetermined: 'undetermined' }[change as string] ?? 'forwarded';
  return {
    change,
    from: fields.from ?? { address: '10.0.0.1', name: 'app/web' },
    to: fields.to ?? { address: '10.0.0.2', name: 'db/postgres' },
    proto: fields.proto ?? 'TCP',
    dport: fields.dport === undefined ? 5432 : fields.dport,
    icmpType: fields.icmpType ?? null,
    packets,
    bytes: packets * 60,
    connections: 1,
    old: side(before, byRule(before === 'forwarded' ? 'allow' : 'deny', policy, 'old/p.yaml:5:5')),
    new: side(after as SideOutcome['verdict'], byRule(after === 'dropped' ? 'deny' : 'allow', `${policy}-2`, at)),
    allowedBy: null,
  };
}

export function summary(conversations: readonly DifferenceWords[], more: Partial<DiffSummary> = {}): DiffSummary {
  const verdicts = { forwarded: noAmount(), dropped: noAmount(), undetermined: noAmount() };
  const of = (name: string) => ({ name, dataplane: 'calico-iptables', policies: 1, rules: 1, endpoints: 2, verdicts });
  return {
    apiVersion: 'netpol-replay/v1',
    kind: 'DiffSummary',
    complete: true,
    interrupted: false,
    differs: conversations.some((one) => one.old.verdict !== one.new.verdict),
    old: of('old'),
    new: of('new'),
    enforcement: { track: true, midstream: 'infer', maxConnections: 4096, unknownWorkload: 'outside' },
    inputs: [],
    time: { first: null, last: null },
    rows: 3,
    total: noAmount(),
    changes: CHANGES.map((change) => {
      const all = conversations.filter((one) => one.change === change);
      const packets = all.reduce((sum, one) => sum + one.packets, 0);
      return { change, conversations: all.length, packets, bytes: 0, connections: all.length, workloads: 0 };
    }),
    conversations,
    policyChanges: [],
    crowdedOut: { conversations: noAmount(), steady: false },
    budget: null,
    notes: [],
    ...more,
  };
}
