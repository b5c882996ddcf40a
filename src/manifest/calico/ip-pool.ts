import type { Kind } from '../kind.ts';
import { API_VERSIONS } from './dialect.ts';

/** Where addresses of pods come from. It decides nothing about packets between the addresses that they have. */
export const ipPool: Kind = {
  kind: 'IPPool',
  apiVersions: API_VERSIONS,
  scope: 'cluster',
  fields: 'any',
  strictness: 'warning',
  simulated: '',
  warned: '',
  read: () => ({ type: 'nothing' }),
};
