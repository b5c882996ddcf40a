import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nextSctpState, SCTP_INVALID } from '../src/replay/sctp-states.ts';
import * as tcp from '../src/replay/tcp-states.ts';

const NAMES: ReadonlyMap<number, string> = new Map([
  [tcp.TCP_NONE, 'NONE'],
  [tcp.TCP_SYN_SENT, 'SYN_SENT'],
  [tcp.TCP_SYN_RECV, 'SYN_RECV'],
  [tcp.TCP_ESTABLISHED, 'ESTABLISHED'],
  [tcp.TCP_FIN_WAIT, 'FIN_WAIT'],
  [tcp.TCP_CLOSE_WAIT, 'CLOSE_WAIT'],
  [tcp.TCP_LAST_ACK, 'LAST_ACK'],
  [tcp.TCP_TIME_WAIT, 'TIME_WAIT'],
  [tcp.TCP_CLOSE, 'CLOSE'],
  [tcp.TCP_SYN_SENT2, 'SYN_SENT2'],
  [tcp.TCP_IGNORE, 'ignored'],
  [tcp.TCP_INVALID, 'invalid'],
]);
const SEGMENTS: ReadonlyMap<string, number> = new Map([
  ['S', tcp.SEGMENT_SYN],
  ['SA', tcp.SEGMENT_SYNACK],
  ['F', tcp.SEGMENT_FIN],
  ['A', tcp.SEGMENT_ACK],
  ['R', tcp.SEGMENT_RST],
]);

/** `>S` is a SYN of the initiator, `<SA` its answer. States after each; what is ignored or invalid changes nothing. */
const walks: [says: string, segments: string, states: string][] = [
  [
    'open, close from the client',
    '>S <SA >A >F <A <F >A',
    'SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT CLOSE_WAIT LAST_ACK TIME_WAIT',
  ],
  [
    'close from the server',
    '>S <SA >A <F >A >F <A',
    'SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT CLOSE_WAIT LAST_ACK TIME_WAIT',
  ],
  [
    'both send a FIN at once',
    '>S <SA >A >F <F >A <A',
    'SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT LAST_ACK TIME_WAIT TIME_WAIT',
  ],
  ['a closed port', '>S <R', 'SYN_SENT CLOSE'],
  ['an aborted connection', '>S <SA >A >R <A >S', 'SYN_SENT SYN_RECV ESTABLISHED CLOSE CLOSE SYN_SENT'],
  ['retransmissions', '>S >S <SA <SA >A >S <SA', 'SYN_SENT SYN_SENT SYN_RECV ignored ESTABLISHED ignored ignored'],
  ['simultaneous open', '>S <S >SA <A', 'SYN_SENT SYN_SENT2 SYN_RECV SYN_RECV'],
  ['adopted in mid-stream', '>A <A <F', 'ESTABLISHED ESTABLISHED FIN_WAIT'],
  ['nothing else opens', '>SA >F >R <A <S', 'invalid invalid invalid invalid invalid'],
  ['an ACK before the answer', '>S >A <A >F', 'SYN_SENT invalid ignored invalid'],
  ['a server does not open', '>S <SA <S >A <S', 'SYN_SENT SYN_RECV invalid ESTABLISHED invalid'],
  ['until TIME_WAIT', '>S <SA >A >F <F >A <S', 'SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT LAST_ACK TIME_WAIT SYN_SENT'],
  ['a client sends no SYN-ACK', '>S >SA <SA >A >SA', 'SYN_SENT invalid SYN_RECV ESTABLISHED invalid'],
];

for (const [says, segments, states] of walks)
  test(says, () => {
    let state = tcp.TCP_NONE;
    const walked = segments.split(' ').map((step) => {
      const next = tcp.nextTcpState(state, SEGMENTS.get(step.slice(1))!, step[0] === '>');
      if (next !== tcp.TCP_IGNORE && next !== tcp.TCP_INVALID) state = next;
      return NAMES.get(next);
    });
    assert.is(walked.join(' '), states);
  });

test('flag sets that a TCP may send, out of all', () => {
  const letters = ['F', 'S', 'R', 'P', 'A', 'U', 'E', 'C'];
  const valid = new Set<string>();
  for (let flags = 0; flags < 256; flags++)
    if (tcp.hasValidFlags(flags))
      valid.add(letters.filter((letter, bit) => (flags >> bit) & 1 && !'PEC'.includes(letter)).join(''));
  assert.equal([...valid].sort(), ['A', 'AU', 'FA', 'FAU', 'R', 'RA', 'S', 'SA', 'SU']);
});

/** SCTP by chunk numbers; -1 is invalid. */
const associations: [says: string, chunks: string, states: number[]][] = [
  ['an association', '>1 <2 >10 <11 >0 <3 >7 <8 >14', [1, 2, 3, 4, 4, 4, 5, 7, 1]],
  ['an abort', '>1 <2 >10 <11 <6', [1, 2, 3, 4, 1]],
  ['DATA, ABORT, COOKIE-ACK open nothing', '>0 >6 >11 >14', [-1, -1, -1, -1]],
  ['a heartbeat opens a second path', '>4 <5', [8, 4]],
];
for (const [says, chunks, states] of associations)
  test(says, () => {
    let state = 0;
    const walked = chunks.split(' ').map((step) => {
      const next = nextSctpState(state, Number(step.slice(1)), step[0] === '>');
      if (next === SCTP_INVALID) return -1;
      state = next;
      return next;
    });
    assert.equal(walked, states);
  });

test.run();
