import type { Command } from './command.ts';
import { EXIT_FINE, type Io, UsageError } from './io.ts';
import type { Parsed } from './parse.ts';

/** What replay reads of a cluster, by who has it: kinds that a cluster does not know, kubectl refuses. */
const CLUSTER = 'namespaces,nodes,pods,serviceaccounts,services,endpointslices,networkpolicies';
const CALICO_KINDS = [
  'tiers',
  'networkpolicies',
  'globalnetworkpolicies',
  'stagednetworkpolicies',
  'stagedglobalnetworkpolicies',
  'stagedkubernetesnetworkpolicies',
  'networksets',
  'globalnetworksets',
  'hostendpoints',
  'felixconfigurations',
];
const ADMIN = 'clusternetworkpolicies,adminnetworkpolicies,baselineadminnetworkpolicies';
/** Enough for every header, inside of a tunnel too; no more of what people say than that. */
const SNAPLEN = 128;
/** RFC 1123 names: nothing in them means anything to a shell. */
const POD = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const NODE = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

export const collect: Command = {
  name: 'collect',
  about: 'print the command lines that gather the inputs: manifests by kubectl, traffic by tcpdump',
  usage: 'collect [--pod NAMESPACE/POD | --node NODE]',
  options: [
    { name: 'pod', value: 'NAMESPACE/POD', about: 'capture the traffic of one pod' },
    { name: 'node', value: 'NODE', default: 'NODE', about: 'the node to capture on' },
  ],
  operands: { least: 0, most: 0, called: 'nothing' },
  examples: ['collect', 'collect --pod shop/web-1'],
  notes: ['Nothing is run, and no cluster is asked: read the lines before you run them.'],
  run: runCollect,
};

async function runCollect(parsed: Parsed, io: Io): Promise<number> {
  const pod = parsed.one('pod');
  const node = parsed.one('node')!;
  if (pod !== undefined && !POD.test(pod)) throw new UsageError(`option \`--pod\`: \`${pod}\` is no NAMESPACE/POD`);
  if (parsed.has('node') && !NODE.test(node))
    throw new UsageError(`option \`--node\`: \`${node}\` is no name of a node`);
  if (pod !== undefined && parsed.has('node')) throw new UsageError('`--pod` runs on one node: leave `--node` out');
  const traffic = pod === undefined ? ofNode(node) : ofPod(...(pod.split('/') as [string, string]));
  await io.out([...MANIFESTS, ...traffic].map((line) => `${line}\n`).join(''));
  return EXIT_FINE;
}

const MANIFESTS: readonly string[] = [
  '# The cluster. Leave out what you may not read; replay says what it lacks.',
  `kubectl get ${CLUSTER} -A -o json > cluster.json`,
  '',
  '# Calico, where it is installed: policies, staged ones too, tiers, sets, settings.',
  `kubectl get ${CALICO_KINDS.map((kind) => `${kind}.crd.projectcalico.org`).join(',')} -A -o json > calico.json`,
  '',
  '# Policies of the whole cluster, where their kinds are installed (name those that are).',
  `kubectl get ${ADMIN} -o json > admin.json`,
  '',
];

const replayOf = (captures: string): string =>
  `netpol-replay replay -f cluster.json -f calico.json -f new-policy.yaml ${captures}`;

function ofNode(node: string): string[] {
  return [
    `# The traffic, on ${node === 'NODE' ? 'each node' : `node ${node}`} (stop it with Ctrl-C). On the node itself:`,
    `sudo tcpdump -i any -s ${SNAPLEN} -U -w ${node}.pcap`,
    '# or from here, as it comes:',
    `kubectl debug node/${node} -q -i --profile=sysadmin --image=nicolaka/netshoot -- tcpdump -i any -s ${SNAPLEN} -U -w - > ${node}.pcap`,
    "# With Calico's flow logs on, what its policies decided: group 1 is ingress, 2 is egress.",
    `sudo tcpdump -i nflog:1 -U -w ${node}-ingress.pcap`,
    `sudo tcpdump -i nflog:2 -U -w ${node}-egress.pcap`,
    '',
    '# Then:',
    replayOf(`${node}.pcap`),
  ];
}

function ofPod(namespace: string, pod: string): string[] {
  const file = `${namespace}-${pod}.pcap`;
  return [
    `# The traffic of ${namespace}/${pod} (stop it with Ctrl-C). Where it runs, and its address:`,
    `kubectl get pod -n ${namespace} ${pod} -o jsonpath='{.spec.nodeName} {.status.podIP}{"\\n"}'`,
    '# On that node, at the interface (cali...) that the route to this address names:',
    'ip route get ADDRESS',
    `sudo tcpdump -i INTERFACE -s ${SNAPLEN} -U -w ${file}`,
    '# or from here, within the pod, by ksniff:',
    `kubectl sniff -n ${namespace} ${pod} -o ${file}`,
    '# or by a debug container, as it comes:',
    `kubectl debug -n ${namespace} ${pod} -q -i --profile=netadmin --image=nicolaka/netshoot -- tcpdump -i any -s ${SNAPLEN} -U -w - > ${file}`,
    '',
    '# Then:',
    replayOf(file),
  ];
}
