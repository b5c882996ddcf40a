import { test } from 'uvu';
import { lines } from './ledger.ts';
import { STRUCTURE } from './structure-lines.ts';

lines(STRUCTURE);
test.run();
