import { test } from 'uvu';
import { CLUSTER_POLICIES } from './cluster-policies-lines.ts';
import { lines } from './ledger.ts';

lines(CLUSTER_POLICIES);
test.run();
