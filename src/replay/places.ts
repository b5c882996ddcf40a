import { parseAddress, wordsOf } from '../net/address.ts';
import type { PacketBatch } from '../packet/batch.ts';
import type { MatchTable } from '../table/match-table.ts';
import { AddressMap, portTag } from './address-map.ts';

/**
 * What the table's dictionaries say of single addresses, as numbers: which node an address is on, and which ports are
 * a Service's or a declared container port. Made when the first row asks: most captures never do.
 */
export class Places {
  #table: MatchTable;
  #nodes: AddressMap | null = null;
  #declared: AddressMap | null = null;

  constructor(table: MatchTable) {
    this.#table = table;
  }

  /**
   * Are both ends of the row on one node: a node and a pod that it runs, or two pods? Which of them is the node is
   * for the caller to know, from the roles of their classes.
   */
  onOneNode(batch: PacketBatch, row: number): boolean {
    const source = this.nodeOfSource(batch, row);
    return source >= 0 && source === this.nodeOfDestination(batch, row);
  }

  /** Which node the row's source (or destination) is, or runs on: index in the table's nodes; -1 for none. */
  nodeOfSource(batch: PacketBatch, row: number): number {
    this.#nodes ??= nodesByAddress(this.#table);
    const { src0, src1, src2, src3 } = batch;
    return this.#nodes.get(src0[row]!, src1[row]!, src2[row]!, src3[row]!, batch.family[row]!);
  }

  nodeOfDestination(batch: PacketBatch, row: number): number {
    this.#nodes ??= nodesByAddress(this.#table);
    const { dst0, dst1, dst2, dst3 } = batch;
    return this.#nodes.get(dst0[row]!, dst1[row]!, dst2[row]!, dst3[row]!, batch.family[row]!);
  }

  /** Is the port of the row's source (or destination) a Service's, or one that a container there declares? */
  sourceDeclared(batch: PacketBatch, row: number): boolean {
    this.#declared ??= declaredPorts(this.#table);
    const { src0, src1, src2, src3 } = batch;
    const tag = portTag(batch.family[row]!, batch.protocol[row]!, batch.sourcePort[row]!);
    return this.#declared.get(src0[row]!, src1[row]!, src2[row]!, src3[row]!, tag) >= 0;
  }

  destinationDeclared(batch: PacketBatch, row: number): boolean {
    this.#declared ??= declaredPorts(this.#table);
    const { dst0, dst1, dst2, dst3 } = batch;
    const tag = portTag(batch.family[row]!, batch.protocol[row]!, batch.destinationPort[row]!);
    return this.#declared.get(dst0[row]!, dst1[row]!, dst2[row]!, dst3[row]!, tag) >= 0;
  }
}

/** Address to node: of the node itself, and of the pods that it runs. Tag is the family. */
function nodesByAddress(table: MatchTable): AddressMap {
  const { nodes, endpoints } = table;
  const map = AddressMap.sized(nodes.byAddress.size + endpoints.byAddress.size);
  const byName = new Map(nodes.names.map((name, node) => [name, node]));
  for (const [text, endpoint] of endpoints.byAddress) {
    const node = byName.get(endpoints.list[endpoint]!.node ?? '');
    if (node !== undefined) put(map, text, (family) => family, node);
  }
  for (const [text, node] of nodes.byAddress) put(map, text, (family) => family, node);
  return map;
}

function declaredPorts(table: MatchTable): AddressMap {
  const { endpoints, services } = table;
  const all: [string, readonly { readonly protocol: number; readonly port: number }[]][] = [
    ...[...endpoints.byAddress].map(([text, i]): [string, (typeof endpoints.list)[number]['containerPorts']] => [
      text,
      endpoints.list[i]!.containerPorts,
    ]),
    ...[...services.byAddress].map(([text, i]): [string, (typeof services.list)[number]['ports']] => [
      text,
      services.list[i]!.ports,
    ]),
  ];
  const map = AddressMap.sized(all.reduce((sum, [, ports]) => sum + ports.length, 0));
  for (const [text, ports] of all)
    for (const { protocol, port } of ports) put(map, text, (family) => portTag(family, protocol, port), 0);
  return map;
}

/** Texts that are no addresses are passed over: the table's keys are formatted addresses. */
function put(map: AddressMap, text: string, tagOf: (family: number) => number, value: number): void {
  const address = parseAddress(text);
  if (address === null) return;
  const [w0, w1, w2, w3] = wordsOf(address);
  map.set(w0, w1, w2, w3, tagOf(address.family), value);
}
