/* The table of datasets, with its filters. */
/* SPDX-License-Identifier: Apache-2.0 */
import type { DatasetSummary, Get } from "../contract";
import { Filters } from "../filters";
import type { Field } from "../filters";
import { bytes, count, day } from "../format";
import { to, withQuery } from "../router";
import type { Address } from "../router";
import { Table } from "../table";
import type { Column } from "../table";
import { Answer, Empty, Heading, Location, Pager, Tag } from "../ui";
import { useGet } from "../use";

type Params = Get["/v1/datasets"]["params"];

const fields: Field[] = [
  { name: "q", label: "Location or table name", kind: "text" },
  { name: "column", label: "Has column", kind: "text" },
  { name: "format", label: "Format", kind: "words", words: ["", "parquet", "csv", "json", "jsonl", "avro", "orc", "delta", "text"] },
  { name: "layout", label: "Layout", kind: "words", words: ["", "single", "folder", "numbered", "partitioned", "delta", "iceberg", "hudi", "zarr"] },
  { name: "unused", label: "Used by no notebook", kind: "flag" },
];

const sorts = ["name", "size", "modified", "users"] as const;

function paramsOf(address: Address): Params {
  const get = (name: string): string => address.query.get(name) ?? "";
  const sort = sorts.find((s) => s === get("sort")) ?? "name";
  return {
    q: get("q"),
    column: get("column"),
    format: get("format"),
    layout: get("layout"),
    bucket: get("bucket"),
    unused: get("unused") === "true",
    sort,
    page_token: get("page_token"),
    limit: 50,
  };
}

function columnsOf(address: Address, sort: string): Column<DatasetSummary>[] {
  const by = (name: (typeof sorts)[number]): { href: string; is: boolean } => ({
    href: withQuery(address, { sort: name === "name" ? "" : name }),
    is: sort === name,
  });
  return [
    { name: "Dataset", isHead: true, sort: by("name"), cell: (d) => <Location uri={d.uri} href={to(`/datasets/${d.id}`)} /> },
    { name: "Format", cell: (d) => (d.error ? <Tag tone="bad">{d.format || "cannot be read"}</Tag> : d.format || "–") },
    { name: "Layout", cell: (d) => d.layout },
    { name: "Objects", isNumber: true, cell: (d) => count(d.n_objects) },
    { name: "Size", isNumber: true, sort: by("size"), cell: (d) => bytes(d.size_bytes) },
    { name: "Changed", isNumber: true, sort: by("modified"), cell: (d) => day(d.modified) },
    { name: "Users", isNumber: true, sort: by("users"), cell: (d) => (d.n_users === 0 ? <Tag tone="quiet">unused</Tag> : count(d.n_users)) },
  ];
}

function None({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered)
    return (
      <Empty title="No dataset fits these filters">
        <p>
          <a href={to("/datasets")}>Show all datasets</a>
        </p>
      </Empty>
    );
  return (
    <Empty title="No dataset is known yet">
      <p>
        A scan finds them: <a href={to("/scans")}>scan a place</a>.
      </p>
    </Empty>
  );
}

export function Datasets({ address }: { address: Address }) {
  const params = paramsOf(address);
  const list = useGet("/v1/datasets", params);
  const isFiltered = [...address.query.keys()].some((name) => name !== "sort");
  return (
    <>
      <Heading title="Datasets">What lies in the places that are scanned, and how much each is used.</Heading>
      <Filters address={address} fields={fields} />
      <Answer of={list}>
        {(data) =>
          data.items.length === 0 ? (
            <None isFiltered={isFiltered} />
          ) : (
            <>
              <Table caption="Datasets" columns={columnsOf(address, params.sort ?? "name")} rows={data.items} keyOf={(d) => d.id} />
              <Pager shown={data.items.length} next={data.next_page_token} address={(page_token) => withQuery(address, { page_token })} />
            </>
          )
        }
      </Answer>
    </>
  );
}
