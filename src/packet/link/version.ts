import { BAD_VERSION, CUT_IP } from '../outcome.ts';

/** `at` when an IPv4 or IPv6 header may begin there. */
export function ipOfAnyVersion(view: DataView, at: number, end: number): number {
  if (at >= end) return CUT_IP;
  const version = view.getUint8(at) >> 4;
  return version === 4 || version === 6 ? at : BAD_VERSION;
}

/** `at` when an IPv6 header may begin there. */
export function ipOfVersion6(view: DataView, at: number, end: number): number {
  if (at >= end) return CUT_IP;
  return view.getUint8(at) >> 4 === 6 ? at : BAD_VERSION;
}

/** `at` when an IPv4 header may begin there. */
export function ipOfVersion4(view: DataView, at: number, end: number): number {
  if (at >= end) return CUT_IP;
  return view.getUint8(at) >> 4 === 4 ? at : BAD_VERSION;
}
