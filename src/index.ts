/** The library's one door. Nothing here writes to a console, reads the environment or ends the process. */

// Which pods exist: manifests loaded with `admission: true`.
export { type AdmitOptions, admit } from './admit/admit.ts';
// Traffic, and what the table says of it.
export { type OpenOptions, openTraffic } from './capture/open.ts';
export { openLater } from './capture/open-later.ts';
// Two tables on one traffic.
export { Comparison } from './compare/comparison.ts';
export { policyChanges } from './compare/policy-changes.ts';
export { RecordedTally } from './compare/recorded.ts';
// Manifests to a cluster, a cluster to a table.
export { type CompileOptions, compile } from './compile/compile.ts';
export { type Loaded, type LoadOptions, loadCluster } from './manifest/load.ts';
export type { Admission } from './model/admission.ts';
export type { Cluster } from './model/cluster.ts';
export { DATAPLANES, type Dataplane, type DataplaneName } from './model/dataplane.ts';
export { type Enforcement, underDataplane } from './model/enforcement.ts';
export { SWITCHES, type SwitchName } from './model/switches.ts';
// Addresses and protocols, as columns hold them and as texts write them.
export { type Address, formatAddress, formatWords, parseAddress, wordsOf } from './net/address.ts';
export type { FiveTuple } from './net/five-tuple.ts';
export { protocolName, protocolNumber } from './net/protocol.ts';
export {
  BATCH_ROWS,
  HAS_ICMP,
  HAS_PORTS,
  IS_TUNNELLED,
  NO_TIME,
  type OuterColumns,
  type PacketBatch,
} from './packet/batch.ts';
export type { CaptureInterface, Traffic, TrafficCounts } from './packet/traffic.ts';
// All packets there are: what is open, what changes, what each rule is worth.
export { type ConnectivityOptions, connectivity } from './reach/connectivity.ts';
export { proveRules } from './reach/rules.ts';
export { staticDiff } from './reach/static-diff.ts';
export { UsageCount } from './reach/usage.ts';
export type { Midstream, ReplayOptions } from './replay/options.ts';
export { type OnPair, type PairResult, replayPair, type Side } from './replay/pair.ts';
export { type OnBatch, type ReplayResult, replay } from './replay/replay.ts';
export type { Timeouts } from './replay/timeouts.ts';
export { type Covered, summariseCoverage } from './report/coverage/summary.ts';
export type { CoverageSummary } from './report/coverage/words.ts';
export { type Compared, summariseDiff } from './report/diff/summary.ts';
// Reports.
export { diffText } from './report/diff/text.ts';
export type { DifferenceWords, DiffSummary } from './report/diff/words.ts';
export { NdjsonWriter } from './report/ndjson.ts';
export type { Palette } from './report/palette.ts';
export { type Settings, type Summary, summarise } from './report/summary.ts';
export { summaryText } from './report/text.ts';
// What can go wrong.
export {
  CaptureError,
  type CaptureErrorCode,
  type Diagnostic,
  formatDiagnostic,
  LimitError,
  ManifestError,
} from './source/errors.ts';
export { formatPosition, type SourcePos } from './source/position.ts';
export { type Classification, classify } from './table/classify.ts';
export { type ClassifyColumns, type ClassifyResult, classifyBatch } from './table/classify-batch.ts';
export { describeFinding, type FindingWords } from './table/decisions.ts';
export { hostFinding } from './table/hosts.ts';
export type { MatchTable, TableStats } from './table/match-table.ts';
export { Matcher } from './table/matcher.ts';
export { PolicyTable } from './table/policy-table.ts';
export type { AdmissionReport, WorkloadAdmission } from './verdict/admission.ts';
export type { Agreement, Disagreement } from './verdict/agreement.ts';
// Verdicts: columns of numbers, and the words of the numbers.
export { createVerdicts, type VerdictBatch } from './verdict/batch.ts';
export {
  CHANGES,
  type ChangeWord,
  type Difference,
  type Differences,
  type PolicyChange,
} from './verdict/differences.ts';
export { DECIDERS, type Decider, type PairBatch } from './verdict/pair-batch.ts';
export type { Connectivity, StaticDiff } from './verdict/reach.ts';
export {
  DROPPED,
  FLAGS,
  type FlagWord,
  FORWARDED,
  flagBit,
  REASONS,
  type ReasonWord,
  UNDETERMINED,
  VERDICTS,
  type VerdictWord,
} from './verdict/reasons.ts';
export type { Amount, Conversation, Tally } from './verdict/tally.ts';
