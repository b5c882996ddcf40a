/** Numbers distinct things in the order in which they are first met, so that equal input gives equal numbers. */
export class Interner<T> {
  readonly #ids = new Map<string, number>();
  readonly values: T[] = [];

  /** The number of the thing with this key; `make` is called for a new one. */
  id(key: string, make: () => T): number {
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.values.length;
    this.#ids.set(key, id);
    this.values.push(make());
    return id;
  }

  get size(): number {
    return this.values.length;
  }
}
