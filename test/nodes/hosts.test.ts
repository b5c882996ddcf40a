import { test } from 'uvu';
import { lines } from '../ledger/ledger.ts';
import { HOSTS } from './hosts-lines.ts';

lines(HOSTS);

test.run();
