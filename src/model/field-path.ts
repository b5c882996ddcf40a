/** Where a field stands in its object: names of mappings, indices of lists. */
export type FieldPath = readonly (string | number)[];

/** As the API server writes it: `spec.containers[0].securityContext`, `metadata.annotations[example.org/key]`. */
export const pathText = (path: FieldPath): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number' || !/^[A-Za-z]\w*$/.test(step)) return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
