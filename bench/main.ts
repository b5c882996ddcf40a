import { capture } from './capture.ts';
import { STANDARD } from './world.ts';

console.log(capture(STANDARD));
