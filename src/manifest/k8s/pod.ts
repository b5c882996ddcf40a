import type { NamedPort } from '../../model/endpoint.ts';
import type { HostPort, Serving } from '../../model/exposure.ts';
import type { Address } from '../../net/address.ts';
import { quote } from '../../source/quote.ts';
import type { Fields } from '../fields.ts';
import type { Kind, Metadata, Parsed } from '../kind.ts';
import type { Located } from '../node.ts';
import { readAddresses } from './address.ts';
import { readContainerPort } from './container-port.ts';
import { CONTAINER, CONTAINER_PORT, POD_SPEC } from './pod-fields.ts';
import { readServiceAccount } from './pod-template.ts';
import { readOwner, readPodWorkload } from './workload.ts';

/** Source: libcalico-go/lib/backend/k8s/conversion/constants.go */
const POD_IP = 'cni.projectcalico.org/podIP';
const POD_IPS = 'cni.projectcalico.org/podIPs';
const AWS_POD_IPS = 'vpc.amazonaws.com/pod-ips';

/** A pod in such a phase has given its address back. Source: conversion.go, IsFinished. */
const FINISHED: ReadonlySet<string> = new Set(['Succeeded', 'Failed', 'Completed']);

/** What else of a pod changes what becomes of its packets, and is not simulated. Source: conversion/constants.go */
const SHAPING = 'qos.projectcalico.org/';
const FLOATING_IPS = 'cni.projectcalico.org/floatingIPs';

export const pod: Kind = {
  kind: 'Pod',
  apiVersions: ['v1'],
  scope: 'namespaced',
  fields: ['spec', 'status'],
  strictness: 'warning',
  simulated:
    "labels, service account, addresses, container and host ports, node, phase, readiness; on the host's network: its node's traffic",
  warned: 'floating addresses, QoS limits; pods without a node',
  read: readPod,
  admission: readPodWorkload,
};

type Ports = {
  readonly named: readonly NamedPort[];
  readonly all: readonly { protocol: number; port: number }[];
  readonly host: readonly HostPort[];
};
const NO_PORTS: Ports = { named: [], all: [], host: [] };

function readPod(object: Fields, metadata: Metadata): Parsed {
  const spec = object.object('spec', POD_SPEC);
  const ports = spec === null ? NO_PORTS : readPorts(spec);
  const addresses = readAddresses(addressTexts(object, metadata), object.report);
  if (isFinished(object, metadata)) return { type: 'nothing' };
  const node = spec?.string('nodeName')?.value || null;
  const serving = servingOf(object, metadata);
  if (spec?.boolean('hostNetwork')) {
    const { labels, name } = metadata;
    const namespace = metadata.namespace as string;
    return { type: 'host-pod', pod: { namespace, name, labels, addresses, namedPorts: ports.named, node, serving } };
  }
  warnOfUnsimulated(object, metadata);
  if (node === null && addresses.length > 0) {
    const message =
      'a pod without `spec.nodeName` is not scheduled: its addresses are ignored, and no policy selects it';
    object.report.warning('NOT_SCHEDULED', metadata.at, message);
  }
  return {
    type: 'pod',
    pod: {
      namespace: metadata.namespace as string,
      name: metadata.name,
      labels: metadata.labels,
      addresses: node === null ? [] : addresses,
      namedPorts: ports.named,
      containerPorts: ports.all,
      node,
      created: metadata.created,
      profile: 'allow',
      serving,
      ...(ports.host.length === 0 ? {} : { hostPorts: ports.host }),
      serviceAccount: readServiceAccount(spec),
      owner: readOwner(object),
      at: metadata.at,
    },
  };
}

function warnOfUnsimulated({ report }: Fields, { annotations }: Metadata): void {
  for (const [key, { node }] of annotations) {
    if (key.startsWith(SHAPING)) {
      const message = `${quote(key)} is not simulated: packets may be dropped beyond what policies say`;
      report.warning('NOT_SIMULATED', node, message);
    } else if (key === FLOATING_IPS) {
      report.warning('NOT_SIMULATED', node, `${quote(key)} is not simulated: such an address is not led to this pod`);
    }
  }
}

/** A terminating pod keeps its identity until its network plugin has emptied the annotation of its address. */
function isFinished(object: Fields, { terminating, annotations }: Metadata): boolean {
  if (terminating && (annotations.get(POD_IP)?.value === '' || annotations.get(AWS_POD_IPS)?.value === '')) return true;
  return FINISHED.has(object.object('status', 'any')?.string('phase')?.value ?? '');
}

/** The first source that names an address. Source: conversion.go, getPodIPs. */
function addressTexts(object: Fields, { annotations }: Metadata): Located<string>[] {
  const status = object.object('status', 'any');
  const several = (status?.objects('podIPs', 'any') ?? []).flatMap((entry) => entry.string('ip') ?? []);
  if (several.length > 0) return several;
  const one = status?.string('podIP') ?? null;
  if (one !== null && one.value !== '') return [one];
  for (const key of [POD_IPS, POD_IP, AWS_POD_IPS]) {
    const text = annotations.get(key);
    if (text === undefined || text.value === '') continue;
    return text.value.split(',').map((value) => ({ value: value.trim(), node: text.node }));
  }
  return [];
}

/** The Ready condition; a pod without one (a manifest that was written, not dumped) is taken to be ready. */
function servingOf(object: Fields, { terminating }: Metadata): Serving {
  const conditions = object.object('status', 'any')?.objects('conditions', 'any') ?? [];
  const ready = conditions.find((condition) => condition.string('type')?.value === 'Ready');
  return { serving: ready === undefined || ready.string('status')?.value === 'True', terminating };
}

/** `hostIP`; the address that means all is none. */
function hostAddress(declared: Fields): Address | null {
  const text = declared.string('hostIP');
  if (text === null || text.value === '') return null;
  const [address] = readAddresses([text], declared.report);
  return address === undefined || address.value === 0n ? null : address;
}

/** Ports of containers and init containers alike (Calico: workload_endpoint_default.go, appendEndpointPorts). */
function readPorts(spec: Fields): Ports {
  const named: NamedPort[] = [];
  const all: { protocol: number; port: number }[] = [];
  const host: HostPort[] = [];
  const containers = [...spec.objects('containers', CONTAINER), ...spec.objects('initContainers', CONTAINER)];
  for (const declared of containers.flatMap((container) => container.objects('ports', CONTAINER_PORT))) {
    const found = readContainerPort(declared);
    if (found === null) continue;
    const { name, protocol, port, hostPort } = found;
    all.push({ protocol, port });
    if (hostPort !== null) host.push({ address: hostAddress(declared), protocol, hostPort, port });
    if (name !== null) named.push({ name, protocol, port });
  }
  return { named, all, host };
}
