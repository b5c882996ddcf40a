/**
 * Random tests with fast-check begin at one seed, so that a run is the same everywhere and a failure is the change's.
 * `NETPOL_SEED=N npm test` looks elsewhere; fast-check prints the seed and the path of what it finds.
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['NETPOL_SEED'] ?? 20_260_801) });
