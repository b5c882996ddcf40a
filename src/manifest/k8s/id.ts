import { quote } from '../../source/quote.ts';
import type { Fields } from '../fields.ts';

/** The largest user or group of Linux that Kubernetes takes. Source: apimachinery, validation.IsValidUserID. */
export const MAX_ID = 2 ** 31 - 1;

/** A user's or group's number; null where it is absent or wrong, which has then been reported. */
export function readId(fields: Fields | null, name: string): number | null {
  const found = fields?.integer(name) ?? null;
  if (fields === null || found === null) return null;
  if (found.value >= 0 && found.value <= MAX_ID) return found.value;
  fields.report.error('BAD_ID', found.node, `${quote(name)} must be from 0 to ${MAX_ID}, found ${quote(found.value)}`);
  return null;
}
