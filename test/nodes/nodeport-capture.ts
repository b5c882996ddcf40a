/** The capture of samples/nodeport: each client's SYN, and the answer where one came. */
import { ACK, ethernet, pcap, SYN, tcp } from '../pcap-writer.ts';

const NODE_PORT: readonly [string, number] = ['10.60.200.122', 30_726];
const SERVICE: readonly [string, number] = ['10.107.93.117', 5432];

/** a to f of the sample's README: the client's address, where it goes, whether it was answered. */
const CLIENTS: readonly [client: string, to: readonly [string, number], answered: boolean][] = [
  ['10.10.7.7', NODE_PORT, true],
  ['10.60.9.9', NODE_PORT, false],
  ['10.244.2.41', NODE_PORT, false],
  ['10.244.2.31', SERVICE, false],
  ['10.244.2.22', SERVICE, false],
  ['10.244.1.21', SERVICE, true],
];

export const nodePortCapture = (): Uint8Array =>
  pcap(
    CLIENTS.flatMap(([client, [address, port], answered], i) => {
      const sport = 40_000 + i;
      const opener = ethernet(tcp(client, address, sport, port, SYN));
      return answered ? [opener, ethernet(tcp(address, client, port, sport, SYN | ACK))] : [opener];
    }),
  );
