/** Numbers as a person reads them, and what is said of many of them at once. */

/**
 * The value that so large a part of the others does not exceed (nearest rank).
 * @param part 0.5 for the median, 1 for the greatest
 * @returns NaN where there are no values
 */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN
}

/** Milliseconds as `12.3 ms`, from a second on as `1.23 s`; `–` for none. */
export function milliseconds(ms: number): string {
  if (!Number.isFinite(ms)) return '–'
  return ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(2)} s`
}

/** Bytes as `12.3 MiB`. */
export const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`

/** Bytes as `12.3 MB` of 1,000,000 each. */
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

/** Bytes as `12.3 kB` of 1,000 each, as browsers count what came over the wire. */
export const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`

/** Seconds as `12.3 µs`. */
export const microseconds = (seconds: number): string => `${(seconds * 1e6).toFixed(1)} µs`

/** Processor time as a share of one core: `3.4 %`. */
export const share = (cpu_s: number, of_s: number): string =>
  `${((100 * cpu_s) / of_s).toFixed(1)} %`

/** A count with its thousands apart: `10,000`. */
export const count = (value: number): string => value.toLocaleString('en')

/** How many times the floor: `2.1 ×`. */
export const ratio = (value: number, floor: number): string => `${(value / floor).toFixed(1)} ×`

/** The row `median, 95 of 100, greatest` of a list of milliseconds. */
export const spread = (values_ms: readonly number[]): string[] =>
  [0.5, 0.95, 1].map((part) => milliseconds(percentile(values_ms, part)))
