import { test } from 'uvu';
import { lines } from './ledger.ts';
import { SELECTORS } from './selectors-lines.ts';

lines(SELECTORS);
test.run();
