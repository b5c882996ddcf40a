import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout: tests run from dist/test, and read fixtures and samples where they lie. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url));

/** A file of test/fixtures. */
export const fixture = (name: string): string => join(root, 'test', 'fixtures', name);
export const sample = (name: string): string => join(root, 'samples', name);
/** The compiled command. */
export const command: string = join(root, 'dist', 'src', 'cli', 'main.js');
