import { test } from 'uvu';
import { CONNECTIONS } from './connections-lines.ts';
import { lines } from './ledger.ts';

lines(CONNECTIONS);
test.run();
