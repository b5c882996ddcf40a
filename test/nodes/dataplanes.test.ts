import { test } from 'uvu';
import { lines } from '../ledger/ledger.ts';
import { DATAPLANES } from './dataplanes-lines.ts';

lines(DATAPLANES);

test.run();
