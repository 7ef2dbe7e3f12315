/* Horizontal bars of parts; each is a link to the list that it counts. */
/* SPDX-License-Identifier: Apache-2.0 */
import { count } from "./format";

export interface Bar {
  name: string;
  text?: string; /* what it means */
  href: string;
  parts: { name: string; n: number; href?: string }[];
}

/* The kinds of analysis keep their colour wherever they are drawn. */
export const kindOrder = [
  "exploration", "ingestion", "cleaning", "features", "training", "evaluation", "prediction", "reporting", "streaming", "teaching", "operation",
];

export function toneOf(kind: string): string {
  const i = kindOrder.indexOf(kind);
  return `tone-${i < 0 ? kindOrder.length : i}`;
}

export function Bars({ rows, label }: { rows: Bar[]; label: string }) {
  const most = Math.max(1, ...rows.map((row) => row.parts.reduce((sum, p) => sum + p.n, 0)));
  return (
    <ul class="bars" aria-label={label}>
      {rows.map((row) => {
        const n = row.parts.reduce((sum, p) => sum + p.n, 0);
        return (
          <li>
            <a class="bar-name" href={row.href}>
              {row.name}
              {row.text && <span class="soft small"> {row.text}</span>}
            </a>
            <span class="bar-line">
              <span class="bar" style={{ width: `${(100 * n) / most}%` }}>
                {row.parts.map((p) =>
                  p.href ? (
                    <a class={toneOf(p.name)} style={{ flexGrow: p.n }} href={p.href} title={`${p.name}: ${count(p.n)}`} aria-label={`${row.name}, ${p.name}: ${count(p.n)}`} />
                  ) : (
                    <span class={toneOf(p.name)} style={{ flexGrow: p.n }} />
                  ),
                )}
              </span>
              <span class="bar-n">{count(n)}</span>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
