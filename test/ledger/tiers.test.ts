import { test } from 'uvu';
import { lines } from './ledger.ts';
import { TIERS } from './tiers-lines.ts';

lines(TIERS);
test.run();
