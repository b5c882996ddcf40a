import { openTraffic } from '../capture/open.ts';
import { compile } from '../compile/compile.ts';
import { type Asked, explain } from '../explain/explain.ts';
import { type AskedWay, explainWays } from '../explain/explain-ways.ts';
import { Judge, type Opinion } from '../explain/judge.ts';
import { addressed } from '../explain/packet-words.ts';
import { loadCluster } from '../manifest/load.ts';
import type { Cluster } from '../model/cluster.ts';
import { qualifiedName } from '../model/endpoint.ts';
import { underDataplane } from '../model/enforcement.ts';
import type { FiveTuple } from '../net/five-tuple.ts';
import { hasPorts } from '../net/protocol.ts';
import { explanationJson, explanationText } from '../report/explanation.ts';
import { REASON_WORDS } from '../report/reason-words.ts';
import type { Explanation, StagedWords } from '../verdict/explanation.ts';
import type { Command } from './command.ts';
import { ENFORCEMENT_OPTIONS, enforcementOf } from './enforcement-options.ts';
import { findPacket, judgeLine } from './explain-packet.ts';
import { CLIENT_PORT, questionOf, tupleLine } from './explain-question.ts';
import { askedWays } from './explain-service.ts';
import { EXIT_FINE, type Io, UsageError } from './io.ts';
import { manifestTexts } from './manifest-texts.ts';
import { FILENAME, KEEP_GOING, loadNamed, MAX_TABLE_BYTES, manifestPaths, STAGED, STDIN } from './manifests.ts';
import { paletteFor } from './palette.ts';
import type { Parsed } from './parse.ts';
import { openOptions, REPLAY_OPTIONS, replayOptions } from './replay-options.ts';

const END = 'NAMESPACE/POD|ADDRESS';

export const explainCommand: Command = {
  name: 'explain',
  about: 'say why a connection or a packet is forwarded or dropped, rule by rule, and what would change it',
  usage: 'explain -f FILE|DIR|- (--from END --to END --port PORT | CAPTURE --packet N) [options]',
  options: [
    FILENAME,
    { name: 'from', value: END, about: 'who opens the connection; also node/NODE' },
    { name: 'to', value: END, about: 'whom it goes to; also node/NODE, service/NAMESPACE/SERVICE' },
    { name: 'port', value: 'PORT', about: '5432/tcp, 53/udp, 9999/sctp, icmp, icmp/TYPE/CODE or protocol/NUMBER' },
    {
      name: 'sport',
      value: 'N',
      atLeast: 0,
      about: `its source port, where rules ask for it (default ${CLIENT_PORT})`,
    },
    { name: 'packet', value: 'N', atLeast: 1, about: 'record N of the capture, and the connection that it belongs to' },
    { name: 'output', short: 'o', value: 'FORMAT', choices: ['text', 'json'], default: 'text', about: 'format' },
    ...REPLAY_OPTIONS,
    ...ENFORCEMENT_OPTIONS,
    STAGED,
    KEEP_GOING,
    MAX_TABLE_BYTES,
  ],
  operands: { least: 0, most: 1, called: 'CAPTURE' },
  notes: [
    'With a CAPTURE it is replayed up to record N, as `replay` would with the same options: `n` of its NDJSON lines is N.',
    'Exit code 0, whatever the verdict.',
  ],
  examples: [
    'explain -f k8s/ --from shop/web-7d9f --to db/postgres-0 --port 5432/tcp',
    'explain -f k8s/ --from 203.0.113.7 --to shop/web-7d9f --port icmp',
    'explain -f k8s/ traffic.pcap --packet 17',
  ],
  run: runExplain,
};

async function runExplain(parsed: Parsed, io: Io): Promise<number> {
  checkCommandLine(parsed);
  const { cluster } = await loadNamed(parsed, io);
  const { asked, ways } = await askedOf(parsed, io, cluster);
  const explanation: Explanation =
    ways.length > 0 ? explainWays(asked, ways) : { ...explain(asked), staged: await stagedWords(parsed, asked) };
  const text =
    parsed.one('output') === 'json' ? explanationJson(explanation) : explanationText(explanation, paletteFor(io));
  await io.out(text);
  return EXIT_FINE;
}

/** @throws UsageError for what is wrong before anything is read */
function checkCommandLine(parsed: Parsed): void {
  manifestPaths(parsed);
  const ends = ['from', 'to', 'port', 'sport'].filter((name) => parsed.has(name));
  if (parsed.operands.length === 0) {
    if (parsed.has('packet')) throw new UsageError('CAPTURE is missing: `--packet` is a record of one');
    for (const name of ['from', 'to', 'port'])
      if (!parsed.has(name))
        throw new UsageError(
          `\`--${name}\` is missing: name a connection by \`--from\`, \`--to\` and \`--port\`, or a CAPTURE and \`--packet\``,
        );
    return;
  }
  if (ends.length > 0)
    throw new UsageError(`\`--${ends[0]}\` does not go with a CAPTURE: \`--packet N\` says which packet`);
  if (!parsed.has('packet')) throw new UsageError('`--packet` is missing: which record of the capture?');
  if (parsed.operands[0] === STDIN)
    throw new UsageError('the capture may be read twice, standard input cannot: save it to a file');
}

type Question = { readonly asked: Asked; readonly ways: readonly AskedWay[] };

async function askedOf(parsed: Parsed, io: Io, cluster: Cluster): Promise<Question> {
  const question = parsed.operands.length > 0 ? null : typedQuestion(parsed, cluster);
  const maxTableBytes = parsed.number(MAX_TABLE_BYTES.name);
  const table = compile(cluster, maxTableBytes === undefined ? {} : { maxTableBytes });
  const options = replayOptions(parsed, io);
  const texts = manifestTexts(manifestPaths(parsed));
  if (question !== null) {
    const { said } = await judgeLine(table, tupleLine(question), options);
    const notes = parsed.has('sport') ? [] : sourcePortNotes(cluster, question);
    const asked = { cluster, tuple: question, said, meaning: REASON_WORDS[said.reason], texts, notes };
    return { asked, ways: askedWays(table, asked, options) };
  }
  const n = parsed.number('packet')!;
  const { said, own, judged, reversed, opener, file } = await findPacket(
    table,
    () => openTraffic(parsed.operands[0]!, openOptions(parsed, io, table)),
    n,
    options,
  );
  const packet = { file, n, opener: opener === 0 ? null : opener, reversed, ...addressed(own) };
  const asked = { cluster, tuple: judged, said, meaning: REASON_WORDS[said.reason], texts, packet };
  return { asked, ways: askedWays(table, asked, options) };
}

const typedQuestion = (parsed: Parsed, cluster: Cluster): FiveTuple =>
  questionOf(cluster, parsed.one('from')!, parsed.one('to')!, parsed.one('port')!, parsed.number('sport'));

/** Nobody typed a source port: told where some rule would ask for it. */
function sourcePortNotes({ policies }: Cluster, { protocol }: FiveTuple): string[] {
  const matters = policies
    .flatMap(({ ingress, egress }) => [...ingress, ...egress])
    .some(({ l4 }) => l4?.some(({ sourcePorts, notSourcePorts }) => sourcePorts !== null || notSourcePorts !== null));
  if (!matters || !hasPorts(protocol)) return [];
  return [`some rules ask for source ports: ${CLIENT_PORT} is taken for this one, \`--sport\` names another`];
}

/** What the judge says were the staged policies applied; null without any, or where they cannot be read again. */
async function stagedWords(parsed: Parsed, { cluster, tuple }: Asked): Promise<StagedWords | null> {
  const paths = manifestPaths(parsed);
  if (!cluster.policies.some(({ staged }) => staged) || paths.includes(STDIN) || parsed.one(STAGED.name) === 'enforce')
    return null;
  const applied = await loadCluster(paths, { keepGoing: true, staged: 'enforce' });
  const { verdict, egress, ingress } = new Judge(underDataplane(applied.cluster, enforcementOf(parsed))).judge(tuple);
  return { verdict, egress: opinionWords(egress), ingress: opinionWords(ingress) };
}

function opinionWords({ action, reason, policy, rule, tier }: Opinion): string {
  if (policy !== null) return `${action}, by rule ${rule!.index} of ${policy.kind} ${qualifiedName(policy)}`;
  if (reason === 'end-of-tier') return `deny, at the end of tier ${tier!.name}`;
  return reason === 'profile' ? `${action}, by its profile` : reason.replaceAll('-', ' ');
}
