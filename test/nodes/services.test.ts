import { test } from 'uvu';
import { lines } from '../ledger/ledger.ts';
import { SERVICES } from './services-lines.ts';

lines(SERVICES);

test.run();
