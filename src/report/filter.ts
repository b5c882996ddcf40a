import { hasPorts } from '../net/protocol.ts';
import { HAS_PORTS, NO_TIME, type PacketBatch } from '../packet/batch.ts';
import { policyName } from '../table/decisions.ts';
import { endDecision } from '../table/end-decision.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import { DECIDERS, foundBy, NOBODY } from '../verdict/pair-batch.ts';
import { AddressTexts } from './address-texts.ts';

/** Which packets are shown. Of one kind any may hold; of different kinds all must. Empty lists ask nothing. */
export type Conditions = {
  /** Of an end that is a pod or a Service. */
  readonly namespaces: readonly string[];
  /** `namespace/pod`, of either end. */
  readonly pods: readonly string[];
  /** The port that the connection was opened to; `protocol` null is any. */
  readonly ports: readonly { readonly port: number; readonly protocol: number | null }[];
  /** UNDETERMINED, FORWARDED, DROPPED. */
  readonly verdicts: readonly number[];
  /** `namespace/policy` or `policy`, that decided at an end, or isolates it. */
  readonly policies: readonly string[];
  /** Seconds since 1970, the first included, the last not. */
  readonly since: number | null;
  readonly until: number | null;
};

/** Names that a condition may have: those of the manifests. */
export const namesOf = (table: MatchTable) => ({
  namespaces: new Set([...table.endpoints.list, ...table.services.list].flatMap(({ namespace }) => namespace ?? [])),
  pods: new Set(
    table.endpoints.list.map(({ namespace, name }) => (namespace === null ? name : `${namespace}/${name}`)),
  ),
  policies: new Set(table.decisions.policies.map((_, policy) => policyName(table, policy))),
});

/** Marks the rows of batches that conditions let through. */
export class Filter {
  readonly #table: MatchTable;
  readonly #conditions: Conditions;
  readonly #texts = new AddressTexts();
  readonly #inNamespaces: ReadonlySet<string>;
  readonly #ofPods: ReadonlySet<string>;
  readonly #findings = new Map<number, boolean>();
  #shown = new Uint8Array(0);

  constructor(table: MatchTable, conditions: Conditions) {
    this.#table = table;
    this.#conditions = conditions;
    this.#inNamespaces = addressesOf(table, (namespace) => conditions.namespaces.includes(namespace ?? ''));
    this.#ofPods = addressesOf(
      table,
      (namespace, name, isPod) => isPod && conditions.pods.includes(`${namespace}/${name}`),
    );
  }

  /** 1 for a row that is shown; overwritten by the next call. */
  mark(batch: PacketBatch, verdicts: VerdictBatch): Uint8Array {
    if (this.#shown.length < batch.count) this.#shown = new Uint8Array(batch.count);
    for (let row = 0; row < batch.count; row++) this.#shown[row] = this.#lets(batch, verdicts, row) ? 1 : 0;
    return this.#shown;
  }

  #lets(batch: PacketBatch, verdicts: VerdictBatch, row: number): boolean {
    const { namespaces, pods, ports, policies, verdicts: wanted } = this.#conditions;
    return (
      (wanted.length === 0 || wanted.includes(verdicts.verdict[row]!)) &&
      this.#isInTime(batch, row) &&
      (ports.length === 0 || this.#hasPort(batch, verdicts, row)) &&
      (policies.length === 0 || DECIDERS.some((decider) => this.#isOf(foundBy(verdicts, decider, row)))) &&
      (namespaces.length === 0 || this.#hasEnd(batch, row, this.#inNamespaces)) &&
      (pods.length === 0 || this.#hasEnd(batch, row, this.#ofPods))
    );
  }

  #isInTime(batch: PacketBatch, row: number): boolean {
    const { since, until } = this.#conditions;
    if (since === null && until === null) return true;
    if (batch.timeDigits[row] === NO_TIME) return false;
    const time = batch.seconds[row]! + batch.nanos[row]! / 1e9;
    return (since === null || time >= since) && (until === null || time < until);
  }

  #hasPort(batch: PacketBatch, verdicts: VerdictBatch, row: number): boolean {
    if ((batch.flags[row]! & HAS_PORTS) === 0) return false;
    const opened = verdicts.reversed[row] === 1 ? batch.sourcePort[row] : batch.destinationPort[row];
    const used = batch.protocol[row]!;
    return this.#conditions.ports.some(
      ({ port, protocol }) => port === opened && (protocol === null ? hasPorts(used) : protocol === used),
    );
  }

  #isOf(finding: number): boolean {
    if (finding === NOBODY) return false;
    const known = this.#findings.get(finding);
    if (known !== undefined) return known;
    const { policy, isolatedAt } = endDecision(this.#table, finding);
    const names = [policy ?? [], (isolatedAt ?? []).map((place) => place.policy)].flat();
    const is = names.some((name) => this.#conditions.policies.includes(name));
    this.#findings.set(finding, is);
    return is;
  }

  #hasEnd(
    { family, src0, src1, src2, src3, dst0, dst1, dst2, dst3 }: PacketBatch,
    row: number,
    set: ReadonlySet<string>,
  ): boolean {
    const from = this.#texts.text(family[row]!, src0[row]!, src1[row]!, src2[row]!, src3[row]!);
    if (set.has(from)) return true;
    return set.has(this.#texts.text(family[row]!, dst0[row]!, dst1[row]!, dst2[row]!, dst3[row]!));
  }
}

/** Addresses of the pods and Services that a question is answered with yes for. */
function addressesOf(
  { endpoints, services }: MatchTable,
  wants: (namespace: string | null, name: string, isPod: boolean) => boolean,
): Set<string> {
  const addresses = new Set<string>();
  for (const [{ byAddress, list }, isPod] of [
    [endpoints, true],
    [services, false],
  ] as const)
    for (const [address, i] of byAddress) {
      const { namespace, name } = list[i]!;
      if (wants(namespace, name, isPod)) addresses.add(address);
    }
  return addresses;
}
