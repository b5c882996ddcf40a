/**
 * Port bindings: what the names in rules stand for at one address. A named port is the numbers that the endpoint
 * there gives it; a Service is the ports that its backend there has.
 */
import type { Service } from '../model/endpoint.ts';
import { type Endpoint, qualifiedName } from '../model/endpoint.ts';
import { matches } from '../model/selector.ts';
import type { Address } from '../net/address.ts';
import { Interner } from './intern.ts';
import type { Terms } from './lower.ts';

export type Binding = {
  /** A port name with the endpoints of which it is asked (`boundName`), or a Service's qualified name. */
  readonly of: 'name' | 'service';
  readonly name: string;
  readonly protocol: number;
  readonly port: number;
};

const NO_BINDINGS = 0;

/** Addresses with the same bindings share a group; group 0 has none. */
export class Bindings {
  readonly groups = new Interner<readonly Binding[]>();
  readonly #terms: Terms;
  readonly #ofService = new Map<string, Binding[]>();
  readonly #ofEndpoint = new Map<Endpoint, number>();

  constructor(terms: Terms, services: readonly Service[]) {
    this.#terms = terms;
    this.groups.id('', () => []);
    for (const service of services) {
      const name = qualifiedName(service);
      if (!terms.services.has(name)) continue;
      for (const { address, protocol, port } of service.backends) {
        const key = addressKey(address);
        const list = this.#ofService.get(key) ?? [];
        this.#ofService.set(key, list);
        list.push({ of: 'service', name, protocol, port });
      }
    }
  }

  /** The group of an address, given the endpoints that own it. */
  groupAt(address: Address, endpoints: readonly Endpoint[]): number {
    const services = this.#ofService.size === 0 ? undefined : this.#ofService.get(addressKey(address));
    const [alone] = endpoints;
    if (alone === undefined && services === undefined) return NO_BINDINGS;
    if (alone === undefined || endpoints.length > 1 || services !== undefined) {
      return this.#group([...this.#named(endpoints), ...(services ?? [])]);
    }
    // A pod has an address of each family.
    const known = this.#ofEndpoint.get(alone);
    if (known !== undefined) return known;
    const group = this.#group(this.#named(endpoints));
    this.#ofEndpoint.set(alone, group);
    return group;
  }

  /** The group of an endpoint that has no address: it may turn out to be behind any Service, see cell.ts on nets. */
  groupOf(endpoint: Endpoint): number {
    return this.#group([...this.#named([endpoint]), ...[...this.#ofService.values()].flat()]);
  }

  /** Addresses that are a backend of a Service that some rule names. */
  backendAddresses(services: readonly Service[]): Address[] {
    return services
      .filter((service) => this.#terms.services.has(qualifiedName(service)))
      .flatMap((service) => service.backends.map((backend) => backend.address));
  }

  #named(endpoints: readonly Endpoint[]): Binding[] {
    return endpoints.flatMap(({ namedPorts, labels }) =>
      namedPorts.flatMap(({ name, protocol, port }) => {
        const asked = [...(this.#terms.portNames.get(name) ?? [])].filter(([, of]) => matches(of, labels));
        return asked.map(([bound]): Binding => ({ of: 'name', name: bound, protocol, port }));
      }),
    );
  }

  #group(bindings: readonly Binding[]): number {
    const keys = [...new Set(bindings.map((b) => JSON.stringify([b.of, b.name, b.protocol, b.port])))].sort();
    return this.groups.id(keys.join(' '), () => keys.map(parseKey));
  }
}

const addressKey = (address: Address): string => `${address.family}:${address.value.toString(16)}`;

function parseKey(key: string): Binding {
  const [of, name, protocol, port] = JSON.parse(key) as [Binding['of'], string, number, number];
  return { of, name, protocol, port };
}
