import type { FieldPath } from '../model/field-path.ts';

/** A field of a pod that a control does not take. */
export type Fault = {
  readonly path: FieldPath;
  /** What is wrong with it, without a final period: `must not be true`. */
  readonly message: string;
};
