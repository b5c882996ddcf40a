import { test } from 'uvu';
import { DIRECTIONS } from './directions-lines.ts';
import { lines } from './ledger.ts';

lines(DIRECTIONS);
test.run();
