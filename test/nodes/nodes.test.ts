import { test } from 'uvu';
import { lines } from '../ledger/ledger.ts';
import { NODES } from './nodes-lines.ts';

lines(NODES);

test.run();
