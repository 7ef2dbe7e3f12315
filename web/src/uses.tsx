/* References to a location, each with the very line of code. */
/* SPDX-License-Identifier: Apache-2.0 */
import { Code } from "./code";
import type { Use } from "./contract";
import { to } from "./router";
import { Location, Tag } from "./ui";

const tones = { read: "good", write: "warn", list: "quiet", delete: "bad" } as const;

export function DirTag({ dir }: { dir: Use["dir"] }) {
  return <Tag tone={tones[dir]}>{dir}</Tag>;
}

function byNotebook(uses: Use[]): Use[][] {
  const groups = new Map<string, Use[]>();
  for (const use of uses) {
    const group = groups.get(use.notebook_id);
    if (group) group.push(use);
    else groups.set(use.notebook_id, [use]);
  }
  return [...groups.values()];
}

function Line({ use }: { use: Use }) {
  return (
    <li class="use">
      <DirTag dir={use.dir} />
      <div>
        <a class="use-code" href={to(`/notebooks/${use.notebook_id}`, { cell: use.cell })}>
          <pre class="line">
            <Code text={use.code.trim()} />
          </pre>
        </a>
        <span class="soft small">
          cell {use.cell + 1}, line {use.line} · {use.uri} · {use.why} · {use.percent} % sure
          {!use.is_called && " · nothing calls this code"}
          {use.is_derived && " · by a local copy"}
        </span>
      </div>
    </li>
  );
}

export function Uses({ uses }: { uses: Use[] }) {
  return (
    <ul class="uses">
      {byNotebook(uses).map((group) => {
        const first = group[0];
        return (
          first && (
            <li key={first.notebook_id}>
              <p class="use-notebook">
                <Location uri={first.notebook} href={to(`/notebooks/${first.notebook_id}`)} />
                {first.owner && <span class="soft small"> {first.owner}</span>}
              </p>
              <ul>
                {group.map((use) => (
                  <Line use={use} />
                ))}
              </ul>
            </li>
          )
        );
      })}
    </ul>
  );
}
