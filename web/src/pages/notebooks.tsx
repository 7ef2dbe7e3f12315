/* The table of notebooks, with its filters. */
/* SPDX-License-Identifier: Apache-2.0 */
import { kindOrder } from "../bars";
import type { Get, NotebookSummary } from "../contract";
import { Filters } from "../filters";
import type { Field } from "../filters";
import { count, day } from "../format";
import { to, withQuery } from "../router";
import type { Address } from "../router";
import { Table } from "../table";
import type { Column } from "../table";
import { Answer, Empty, Heading, Kinds, Location, Pager, Tag } from "../ui";
import { useGet } from "../use";

const fields: Field[] = [
  { name: "q", label: "Location or title", kind: "text" },
  { name: "kind", label: "Kind", kind: "words", words: ["", ...kindOrder] },
  { name: "uses", label: "Uses the location", kind: "text" },
  { name: "library", label: "Imports", kind: "text" },
  { name: "owner", label: "Owner", kind: "text" },
  { name: "language", label: "Language", kind: "words", words: ["", "python", "sql", "r", "scala", "shell"] },
  { name: "modified_since", label: "Changed since", kind: "day" },
  { name: "modified_before", label: "Changed before", kind: "day" },
  { name: "broken", label: "Cannot be read", kind: "flag" },
];

function paramsOf(address: Address): Get["/v1/notebooks"]["params"] {
  const get = (name: string): string => address.query.get(name) ?? "";
  return {
    q: get("q"),
    kind: get("kind"),
    uses: get("uses"),
    library: get("library"),
    owner: get("owner"),
    language: get("language"),
    modified_since: get("modified_since"),
    modified_before: get("modified_before"),
    broken: get("broken") === "true",
    page_token: get("page_token"),
    limit: 50,
  };
}

/* A title that is a heading of Markdown, without its marks. */
export function titleOf(notebook: { title: string }): string {
  return notebook.title.replace(/^#+\s*/, "").trim();
}

const columns: Column<NotebookSummary>[] = [
  {
    name: "Notebook",
    isHead: true,
    cell: (nb) => (
      <>
        <Location uri={nb.uri} href={to(`/notebooks/${nb.id}`)} />
        {titleOf(nb) !== "" && <span class="soft small under">{titleOf(nb)}</span>}
      </>
    ),
  },
  { name: "Kinds", cell: (nb) => (nb.error ? <Tag tone="bad">cannot be read</Tag> : <Kinds kinds={nb.kinds} />) },
  { name: "Language", cell: (nb) => nb.language || "–" },
  { name: "Owner", cell: (nb) => (nb.owner === "" ? "–" : <a href={to("/notebooks", { owner: nb.owner })}>{nb.owner}</a>) },
  { name: "Lines", isNumber: true, cell: (nb) => count(nb.n_lines) },
  { name: "Changed", isNumber: true, cell: (nb) => day(nb.modified) },
];

export function Notebooks({ address }: { address: Address }) {
  const list = useGet("/v1/notebooks", paramsOf(address));
  const isFiltered = [...address.query.keys()].length > 0;
  return (
    <>
      <Heading title="Notebooks">The newest first, and what kind of analysis each one is.</Heading>
      <Filters address={address} fields={fields} />
      <Answer of={list}>
        {(data) =>
          data.items.length === 0 ? (
            <Empty title={isFiltered ? "No notebook fits these filters" : "No notebook is known yet"}>
              <p>{isFiltered ? <a href={to("/notebooks")}>Show all notebooks</a> : <a href={to("/scans")}>Scan a place</a>}</p>
            </Empty>
          ) : (
            <>
              <Table caption="Notebooks" columns={columns} rows={data.items} keyOf={(nb) => nb.id} />
              <Pager shown={data.items.length} next={data.next_page_token} address={(page_token) => withQuery(address, { page_token })} />
            </>
          )
        }
      </Answer>
    </>
  );
}
