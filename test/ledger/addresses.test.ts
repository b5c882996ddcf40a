import { test } from 'uvu';
import { ADDRESSES } from './addresses-lines.ts';
import { lines } from './ledger.ts';

lines(ADDRESSES);
test.run();
