/** What the tests use of pcap-parser, which has no types of its own. */
declare module 'pcap-parser' {
  import type { EventEmitter } from 'node:events';
  import type { Readable } from 'node:stream';

  export type Packet = {
    readonly header: {
      readonly timestampSeconds: number;
      readonly timestampMicroseconds: number;
      readonly capturedLength: number;
      readonly originalLength: number;
    };
    readonly data: Buffer;
  };
  const parser: { parse(input: string | Readable): EventEmitter };
  export default parser;
}
