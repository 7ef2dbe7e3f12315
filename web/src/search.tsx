/* The search box of the first page: a location, a name or a piece of code, answered as one types. */
/* SPDX-License-Identifier: Apache-2.0 */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { get } from "./api";
import { Code } from "./code";
import type { DatasetList, NotebookList, SearchResult, Usage } from "./contract";
import { bytes, counted } from "./format";
import { Icon } from "./icons";
import { replace, to } from "./router";
import type { Address } from "./router";
import { Kinds, Location, Tag, Trouble } from "./ui";
import { useSettled, useWork } from "./use";

const LEAST = 2; /* letters */

interface Found {
  datasets: DatasetList;
  notebooks: NotebookList;
  usage: Usage | undefined;
  lines: SearchResult;
}

/* Names of people's things have no blanks; what has some is code. */
function isLocation(q: string): boolean {
  return !/\s/.test(q) && (q.includes("/") || q.includes(":") || /^[\w.{}*-]+$/.test(q));
}

async function find(q: string, signal: AbortSignal): Promise<Found | undefined> {
  if (q.length < LEAST) return undefined;
  const [datasets, notebooks, usage, lines] = await Promise.all([
    get("/v1/datasets", { q, sort: "users", limit: 6 }, signal),
    get("/v1/notebooks", { q, limit: 6 }, signal),
    isLocation(q) ? get("/v1/usage", { uri: q, limit: 6 }, signal) : undefined,
    get("/v1/search", { q, ignore_case: true, limit: 8 }, signal),
  ]);
  return { datasets, notebooks, usage, lines };
}

function Group({ title, all, n, children }: { title: string; all: string; n: number; children: ComponentChildren }) {
  if (n === 0) return null;
  return (
    <section class="found">
      <h2>
        {title} <a href={all}>see all</a>
      </h2>
      <ul>{children}</ul>
    </section>
  );
}

function Lines({ found, q }: { found: SearchResult; q: string }) {
  return (
    <Group title="In cells" all={to("/search", { q })} n={found.items.length}>
      {found.items.map((line) => (
        <li>
          <a href={to(`/notebooks/${line.notebook_id}`, { cell: line.cell })}>
            <pre class="line">
              <Code text={line.text.trim()} language={line.cell_kind === "code" ? line.language : "none"} />
            </pre>
            <span class="soft small">
              {line.notebook} · cell {line.cell + 1}, line {line.line}
            </span>
          </a>
        </li>
      ))}
    </Group>
  );
}

function Results({ found, q }: { found: Found; q: string }) {
  const { datasets, notebooks, usage, lines } = found;
  const n = datasets.items.length + notebooks.items.length + (usage?.items.length ?? 0) + lines.items.length;
  return (
    <>
      <p class="only-heard" role="status">
        {n === 0 ? "Nothing found" : `${n} answers`}
      </p>
      {n === 0 && (
        <p class="soft found-nothing">
          Nothing is called so, lies there or says so. A scan finds what is new: <a href={to("/scans")}>scans</a>.
        </p>
      )}
      <Group title="Datasets" all={to("/datasets", { q })} n={datasets.items.length}>
        {datasets.items.map((d) => (
          <li>
            <a href={to(`/datasets/${d.id}`)}>
              <Location uri={d.uri} />
            </a>{" "}
            <span class="soft small">
              {d.format || d.layout} · {bytes(d.size_bytes)} · {counted(d.n_users, "user")}
            </span>
          </li>
        ))}
      </Group>
      <Group title="Who uses it" all={to("/usage", { uri: q })} n={usage?.items.length ?? 0}>
        {usage?.items.map((u) => (
          <li>
            <a href={to(`/notebooks/${u.notebook_id}`, { cell: u.cell })}>
              <Location uri={u.notebook} />
            </a>{" "}
            <Tag tone={u.dir === "write" ? "warn" : "good"}>{u.dir}</Tag> <span class="soft small">{u.why}</span>
          </li>
        ))}
      </Group>
      <Group title="Notebooks" all={to("/notebooks", { q })} n={notebooks.items.length}>
        {notebooks.items.map((nb) => (
          <li>
            <a href={to(`/notebooks/${nb.id}`)}>
              <Location uri={nb.uri} />
            </a>{" "}
            <Kinds kinds={nb.kinds} />
          </li>
        ))}
      </Group>
      <Lines found={lines} q={q} />
    </>
  );
}

export function Search({ address, children }: { address: Address; children: ComponentChildren }) {
  const given = address.query.get("q") ?? "";
  const [text, setText] = useState(given);
  const typed = useRef(given); /* what this box last put into the address */
  const q = useSettled(text.trim(), 150);
  const found = useWork(q, (signal) => find(q, signal));
  useEffect(() => {
    if (given !== typed.current) setText(given);
    typed.current = given;
  }, [given]);
  useEffect(() => {
    if (q === typed.current) return;
    typed.current = q;
    replace(to("/", { q }));
  }, [q]);
  const isAsked = q.length >= LEAST;
  return (
    <>
      <form class="search" role="search" onSubmit={(e) => e.preventDefault()}>
        <label class="only-heard" for="q">
          Search by location, name or code
        </label>
        <Icon name="search" />
        <input
          id="q"
          type="search"
          autocomplete="off"
          spellcheck={false}
          placeholder="A location, a name or a piece of code"
          value={text}
          onInput={(e) => setText(e.currentTarget.value)}
        />
      </form>
      {isAsked ? (
        <div class="results" role="region" aria-label="Answers" aria-busy={found.isLoading}>
          {found.failure && <Trouble failure={found.failure} again={found.again} />}
          {found.data && <Results found={found.data} q={q} />}
        </div>
      ) : (
        children
      )}
    </>
  );
}
