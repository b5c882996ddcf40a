/** A count as people read it: `1,204,311`. The same in every locale. */
export const count = (value: number): string =>
  String(value).replace(/^\d+/, (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ','));

/** A share with one decimal. Never `0.0%` for something, never `100.0%` for not all. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return '-';
  const share = (part / whole) * 100;
  if (part > 0 && share < 0.05) return '<0.1%';
  if (part < whole && share >= 99.95) return '>99.9%';
  return `${share.toFixed(1)}%`;
}

/** A number with its noun: `1 packet`, `2 packets`. */
export const counted = (value: number, noun: string, plural = `${noun}s`): string =>
  `${count(value)} ${value === 1 ? noun : plural}`;

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Bytes of memory: `512 B`, `1.4 MiB`. */
export function memory(bytes: number): string {
  const unit = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  return unit === 0 ? `${bytes} B` : `${(bytes / 1024 ** unit).toFixed(1)} ${UNITS[unit]}`;
}

/** A second since 1970 as ISO 8601 in UTC, whatever the time zone of the machine. */
export function utc(seconds: number): string {
  const date = new Date(Math.floor(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().replace('.000Z', 'Z');
}
