/* Numbers, sizes, times and locations as people read them. */
/* SPDX-License-Identifier: Apache-2.0 */
const counts = new Intl.NumberFormat("en");
const days = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const moments = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

export function count(n: number): string {
  return counts.format(n);
}

/* "1 notebook", "2 notebooks" */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

export function bytes(n: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let at = 0;
  while (n >= 1024 && at < units.length - 1) {
    n /= 1024;
    at++;
  }
  return `${at === 0 || n >= 100 ? Math.round(n) : n.toFixed(1)} ${units[at]}`;
}

export function day(time: string | null | undefined): string {
  return time ? days.format(new Date(time)) : "–";
}

export function moment(time: string | null | undefined): string {
  return time ? moments.format(new Date(time)) : "–";
}

const spans: [number, string][] = [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];

export function duration(seconds: number): string {
  for (const [size, name] of spans) if (seconds >= size) return counted(Math.round(seconds / size), name);
  return "0 seconds";
}

/* "3 hours ago", "in 2 days" */
export function ago(time: string | null | undefined, now = Date.now()): string {
  if (!time) return "never";
  const seconds = (now - new Date(time).getTime()) / 1000;
  if (Math.abs(seconds) < 5) return "just now";
  return seconds >= 0 ? `${duration(seconds)} ago` : `in ${duration(-seconds)}`;
}

/* The last part of a location, for headings; the whole stands beside it. */
export function baseName(uri: string): string {
  const parts = uri.replace(/\/+$/, "").split("/");
  return parts[parts.length - 1] || uri;
}

/* The bucket, or the folder, that a location is in: "datasets" */
export function bucketOf(uri: string): string {
  return /^[a-z0-9]+:\/\/([^/]+)/.exec(uri)?.[1] ?? "";
}

export function money(amount: unknown, currency: unknown = "USD"): string {
  const n = Number(amount);
  if (!Number.isFinite(n)) return "–";
  const text = n.toFixed(n !== 0 && Math.abs(n) < 0.1 ? 3 : 2);
  return currency === "USD" ? `$${text}` : `${text} ${String(currency)}`;
}
