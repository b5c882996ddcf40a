/** Calico's objects as `calicoctl get -o yaml` and `kubectl get -o json` give them, with all that a server adds. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { load } from '../reading.ts';

const CALICOCTL = `
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicyList
metadata: {resourceVersion: "44"}
items:
- apiVersion: projectcalico.org/v3
  kind: GlobalNetworkPolicy
  metadata: {creationTimestamp: "2026-01-01T00:00:00Z", name: sec.deny, resourceVersion: "123", uid: 9c6a1f0c}
  spec:
    tier: sec
    order: 10
    selector: all()
    types: [Ingress]
    ingress: [{action: Deny, destination: {}, source: {nets: [203.0.113.0/24]}}, {action: Pass, destination: {}, source: {}}]
---
apiVersion: projectcalico.org/v3
kind: TierList
metadata: {}
items:
- apiVersion: projectcalico.org/v3
  kind: Tier
  metadata: {creationTimestamp: null, name: sec}
  spec: {defaultAction: Pass, order: 5}
- apiVersion: projectcalico.org/v3
  kind: Tier
  metadata: {creationTimestamp: null, name: default}
  spec: {defaultAction: Deny, order: 1000000}
  status: {conditions: [{type: Ready}]}
---
apiVersion: projectcalico.org/v3
kind: ProfileList
metadata: {}
items:
- apiVersion: projectcalico.org/v3
  kind: Profile
  metadata: {name: kns.x}
  spec:
    ingress: [{action: Allow, destination: {}, source: {}}]
    egress: [{action: Allow, destination: {}, source: {}}]
    labelsToApply: {pcns.projectcalico.org/name: x}
- {apiVersion: projectcalico.org/v3, kind: Profile, metadata: {name: projectcalico-default-allow}, spec: {}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: x}}`;

const stored = (kind: string, name: string, spec: object, annotation?: object, namespace?: string) => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind,
  metadata: {
    name,
    namespace,
    annotations: annotation && { 'projectcalico.org/metadata': JSON.stringify(annotation) },
    generation: 2,
    managedFields: [{ manager: 'apiserver' }],
  },
  spec,
});

const KUBECTL = JSON.stringify({
  apiVersion: 'v1',
  kind: 'List',
  metadata: { resourceVersion: '' },
  items: [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } },
    stored('NetworkPolicy', 'default.web', { selector: 'all()', types: ['Egress'] }, { uid: '1' }, 'x'),
    stored('NetworkPolicy', 'sec.db', { tier: 'sec', types: ['Ingress'] }, { uid: '2' }, 'x'),
    stored('GlobalNetworkPolicy', 'default.named', { types: ['Ingress'] }, { name: 'default.named' }),
    stored('GlobalNetworkPolicy', 'default.bare', { types: ['Ingress'] }),
    stored('GlobalNetworkPolicy', 'without-types', { ingress: [{ action: 'Allow' }] }),
    stored('Tier', 'sec', { order: 7 }),
    stored('Tier', 'default', {}),
    stored('GlobalNetworkSet', 'office', { nets: ['10.0.0.0/8'] }, { labels: { kind: 'office' } }),
    stored('FelixConfiguration', 'default', { floatingIPs: 'Disabled', reportingInterval: '0s', vxlanPort: 4790 }),
    stored('IPPool', 'pool', { cidr: '10.244.0.0/16', natOutgoing: true }),
  ],
});

test('what calicoctl gives is read, and nothing of it warned of', async () => {
  const { cluster, diagnostics } = await load(CALICOCTL);
  assert.equal(diagnostics, []);
  assert.equal(
    cluster.policies.map(({ name, tier, order, directions }) => [name, tier, order, directions]),
    [['sec.deny', 'sec', 10, ['ingress']]],
  );
  assert.equal(cluster.tiers.find(({ name }) => name === 'sec')?.defaultAction, 'pass');
});

test('what kubectl gives of stored objects is read by the names of v3, and governs both directions without types', async () => {
  const { cluster, diagnostics } = await load(KUBECTL);
  assert.equal(
    diagnostics.map(({ code }) => code),
    ['TYPES_ABSENT'],
  );
  assert.equal(
    cluster.policies.map(({ name, directions }) => [name, directions]),
    [
      ['web', ['egress']],
      ['sec.db', ['ingress']],
      ['default.named', ['ingress']],
      ['default.bare', ['ingress']],
      ['without-types', ['ingress', 'egress']],
    ],
  );
  assert.is(cluster.networkSets[0]!.labels.get('kind'), 'office');
  assert.is(cluster.felix?.vxlanPort, 4790);
});

test.run();
