import { formatPosition } from '../source/position.ts';
import type { AdmissionReport, Objection, WorkloadAdmission } from '../verdict/admission.ts';
import { type Cell, type Column, columns } from './columns.ts';
import { plain, toJson } from './escape.ts';
import { count, counted } from './numbers.ts';
import { type Palette, PLAIN } from './palette.ts';

const CONTROL_WORDS = {
  PodSecurityPolicy: 'PodSecurityPolicy and RBAC, as in Kubernetes 1.24',
  PodSecurity: 'Pod Security Standards',
} as const;

/** What was judged, one line a workload, and what a reader must know beside it. */
export function admissionText(report: AdmissionReport, palette: Palette = PLAIN): string {
  const row = (workload: WorkloadAdmission): Cell[] => [...told(workload, palette), summaryOf(workload)];
  return sections([
    assumed(report),
    columns([...HEADS, { title: 'WHY NOT' }], report.workloads.map(row), palette.heading),
    notes(report, true),
  ]);
}

/** Every objection and remark on a line of its own, and who asked for the pods as whom. */
export function admissionWide(report: AdmissionReport, palette: Palette = PLAIN): string {
  const row = (workload: WorkloadAdmission): Cell[] => [
    ...told(workload, palette),
    workload.serviceAccount,
    workload.createdBy,
    workload.by.flatMap(({ through }) => through ?? []).join(', ') || '-',
  ];
  const heads: readonly Column[] = [
    ...HEADS,
    ...['SERVICE ACCOUNT', 'CREATED BY', 'THROUGH'].map((title) => ({ title })),
  ];
  return sections([
    assumed(report),
    columns(heads, report.workloads.map(row), palette.heading),
    details(report, palette),
    notes(report, false),
  ]);
}

export const admissionJson = (report: AdmissionReport): string =>
  `${toJson({ ...report, refused: report.workloads.filter(isStopped).length }, 2)}\n`;

/** Refused, or admitted and never started. */
export const isStopped = ({ verdict }: WorkloadAdmission): boolean => verdict !== 'running';

const sections = (texts: readonly string[]): string => texts.filter((text) => text !== '').join('\n');

function assumed({ controls, latest }: AdmissionReport): string {
  const words = controls.map((control) =>
    control === 'PodSecurity' ? `${CONTROL_WORDS[control]}, \`latest\` is ${latest}` : CONTROL_WORDS[control],
  );
  return `Controls: ${words.join('; ') || 'none'}\n`;
}

const HEADS: readonly Column[] = [
  { title: 'WORKLOAD' },
  { title: 'KIND' },
  { title: 'WANTED', right: true },
  { title: 'ADMITTED', right: true },
  { title: 'RUNNING', right: true },
  { title: 'BY' },
  { title: 'NETWORK' },
];

/** `each`: one on every node that takes it. */
const pods = (value: number | null): string => (value === null ? 'each' : count(value));

function told(workload: WorkloadAdmission, palette: Palette): Cell[] {
  const { verdict } = workload;
  const mark = verdict === 'running' ? palette.forwarded : palette.dropped;
  return [
    nameOf(workload),
    workload.kind,
    pods(workload.wanted),
    { text: pods(workload.admitted), mark: verdict === 'refused' ? mark : (text) => text },
    { text: pods(workload.running), mark },
    workload.by.map(({ policy }) => policy).join(', ') || '-',
    reachText(workload),
  ];
}

const nameOf = ({ namespace, name }: WorkloadAdmission): string => `${namespace}/${name}`;

function reachText({ reach, hostPorts }: WorkloadAdmission): string {
  if (reach === 'host-network') return "its node's";
  return reach === 'host-port' ? `its own, hostPort ${hostPorts.join(', ')}` : 'its own';
}

function summaryOf({ objections }: WorkloadAdmission): string {
  const [first] = objections;
  if (first === undefined) return '';
  const more = objections.length > 1 ? `, and ${objections.length - 1} more (-o wide)` : '';
  return `${objectionText(first)}${more}`;
}

const objectionText = ({ policy, path, message, control }: Objection): string =>
  [policy ?? (control === 'kubelet' ? 'kubelet' : null), path, message].filter((part) => part !== null).join(': ');

function details({ workloads }: AdmissionReport, palette: Palette): string {
  const rows = workloads.flatMap((workload) => [
    ...workload.objections.map((objection) => detail(workload, objection, 'refused', palette)),
    ...workload.remarks.map((remark) => detail(workload, remark, remark.mode, palette)),
  ]);
  if (rows.length === 0) return '';
  const heads = ['WORKLOAD', 'WHAT', 'POLICY', 'CHECK', 'FIELD', 'MESSAGE', 'AT'].map((title) => ({ title }));
  return columns(heads, rows, palette.heading);
}

const detail = (workload: WorkloadAdmission, objection: Objection, what: string, palette: Palette): Cell[] => [
  nameOf(workload),
  what === 'refused' ? { text: what, mark: palette.dropped } : what,
  objection.policy ?? (objection.control === 'kubelet' ? 'kubelet' : '-'),
  objection.check,
  objection.path ?? '-',
  objection.message,
  formatPosition(objection.at),
];

function notes(report: AdmissionReport, brief: boolean): string {
  const { workloads, dangling, owned } = report;
  const lines = dangling.map(({ at, message }) => `${formatPosition(at)}: ${message}`);
  if (workloads.length === 0) lines.push('there is neither a pod nor anything that makes pods among the manifests');
  for (const workload of workloads) {
    const { remarks, objections } = workload;
    const new_ = remarks.filter((remark) =>
      objections.every((o) => o.path !== remark.path || o.check !== remark.check),
    );
    if (!brief || new_.length === 0) continue;
    const levels = [...new Set(new_.map(({ mode, policy }) => `${mode} ${policy}`))].join(', ');
    lines.push(
      `${nameOf(workload)} is not what ${levels} asks for: ${counted(new_.length, 'remark')} (-o wide lists them)`,
    );
  }
  for (const [reach, text] of REACH_NOTES) {
    const names = workloads
      .filter((workload) => workload.reach === reach && workload.verdict === 'running')
      .map(nameOf);
    if (names.length > 0) lines.push(`${names.join(', ')}: ${text}`);
  }
  if (owned > 0) lines.push(`${counted(owned, 'object')} made by others of the list: told with them`);
  return lines.map((line) => `note: ${plain(line)}\n`).join('');
}

const REACH_NOTES = [
  ['host-network', "on their node's network: outside NetworkPolicy, their traffic is the node's"],
  ['host-port', "reachable around their Services, at their node's address: policies see the client or the node there"],
] as const;
