/* Every line of every cell that has a text, or that a regular expression finds. */
/* SPDX-License-Identifier: Apache-2.0 */
import { Code } from "../code";
import type { Get, SearchResult } from "../contract";
import { Filters } from "../filters";
import type { Field } from "../filters";
import { to, withQuery } from "../router";
import type { Address } from "../router";
import { Answer, Empty, Heading, Location, Pager } from "../ui";
import { useGet } from "../use";

type Line = SearchResult["items"][number];
const places = ["any", "code", "sql", "markdown", "parameters"] as const;

const fields: Field[] = [
  { name: "q", label: "Text", kind: "text" },
  { name: "in", label: "In cells of", kind: "words", words: ["", ...places.slice(1)] },
  { name: "regex", label: "Regular expression", kind: "flag" },
  { name: "exact", label: "Upper and lower case differ", kind: "flag" },
];

function paramsOf(address: Address): Get["/v1/search"]["params"] {
  const get = (name: string): string => address.query.get(name) ?? "";
  return {
    q: get("q"),
    mode: get("regex") === "true" ? "regex" : "text",
    ignore_case: get("exact") !== "true",
    in: places.find((p) => p === get("in")) ?? "any",
    limit: 100,
    page_token: get("page_token"),
  };
}

function byNotebook(lines: Line[]): Line[][] {
  const groups: Line[][] = [];
  for (const line of lines) {
    const last = groups[groups.length - 1];
    if (last?.[0]?.notebook_id === line.notebook_id) last.push(line);
    else groups.push([line]);
  }
  return groups;
}

function Lines({ items }: { items: Line[] }) {
  return (
    <ul class="uses">
      {byNotebook(items).map((group) => (
        <li>
          <p class="use-notebook">
            <Location uri={group[0]?.notebook ?? ""} href={to(`/notebooks/${group[0]?.notebook_id ?? ""}`)} />
          </p>
          <ul>
            {group.map((line) => (
              <li class="use">
                <a class="small" href={to(`/notebooks/${line.notebook_id}`, { cell: line.cell })}>{`${line.cell + 1}:${line.line}`}</a>
                <pre class="line">
                  <Code text={line.text} language={line.cell_kind === "code" ? line.language : "none"} />
                </pre>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}

function Answers({ address }: { address: Address }) {
  const answer = useGet("/v1/search", paramsOf(address));
  return (
    <Answer of={answer}>
      {(data) => (
        <>
          {data.items.length === 0 && <Empty title="No cell says so." />}
          <Lines items={data.items} />
          <Pager shown={data.items.length} next={data.next_page_token} address={(page_token) => withQuery(address, { page_token })} />
        </>
      )}
    </Answer>
  );
}

export function SearchPage({ address }: { address: Address }) {
  return (
    <>
      <Heading title="Search in cells" />
      <Filters address={address} fields={fields} />
      {(address.query.get("q") ?? "") === "" ? <Empty title="Type what the cells should say." /> : <Answers address={address} />}
    </>
  );
}
