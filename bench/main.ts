import { compile } from '../src/compile/compile.ts';
import { STANDARD, world } from './world.ts';
const cluster = world(STANDARD);
for (let i = 0; i < 3; i++) { const t = compile(cluster); console.log(t.stats); }
