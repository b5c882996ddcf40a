/** How one kind of encapsulation leads to the IP header inside. */
export type Tunnel = {
  readonly name: string;
  /**
   * Where the inner IP header begins, or a negative outcome when the payload in [at, end) is not this encapsulation or
   * holds no IP. `at` is behind the UDP header for tunnels over UDP, behind the IP header for the others. The version
   * nibble is there and right; the rest of the inner header has not been looked at.
   */
  readonly findIp: (view: DataView, at: number, end: number) => number;
};
