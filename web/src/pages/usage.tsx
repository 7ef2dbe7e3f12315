/* Who uses a location, whatever it is. */
/* SPDX-License-Identifier: Apache-2.0 */
import { Filters } from "../filters";
import type { Field } from "../filters";
import type { Get } from "../contract";
import { counted } from "../format";
import { to, withQuery } from "../router";
import type { Address } from "../router";
import { Answer, Empty, Heading, Location, Pager } from "../ui";
import { useGet } from "../use";
import { Uses } from "../uses";

type Params = Get["/v1/usage"]["params"];
const matches = ["any", "exact", "inside", "glob", "contains", "holes"] as const;
const dirs = ["any", "read", "write", "list", "delete"] as const;

const fields: Field[] = [
  { name: "uri", label: "Location or table", kind: "text" },
  { name: "dir", label: "Direction", kind: "words", words: ["", ...dirs.slice(1)] },
  { name: "match", label: "Match", kind: "words", words: ["", ...matches.slice(1)] },
  { name: "weak", label: "Also weak answers", kind: "flag" },
];

function paramsOf(address: Address): Params {
  const get = (name: string): string => address.query.get(name) ?? "";
  return {
    uri: get("uri"),
    match: matches.find((m) => m === get("match")) ?? "any",
    dir: dirs.find((d) => d === get("dir")) ?? "any",
    weak: get("weak") === "true",
    limit: 100,
    page_token: get("page_token"),
  };
}

function Answers({ address }: { address: Address }) {
  const answer = useGet("/v1/usage", paramsOf(address));
  return (
    <Answer of={answer}>
      {(data) => (
        <>
          {data.dataset && (
            <p>
              It is, or lies in, the dataset <Location uri={data.dataset.uri} href={to(`/datasets/${data.dataset.id}`)} />.
            </p>
          )}
          {data.items.length === 0 && <Empty title="No notebook uses it, as far as the code tells." />}
          <Uses uses={data.items} />
          {(data.n_weak ?? 0) > 0 && (
            <p class="soft">
              {counted(data.n_weak ?? 0, "location")} left out, of which so little is known that nearly everything fits.{" "}
              <a href={withQuery(address, { weak: true })}>Show them too</a>
            </p>
          )}
          <Pager shown={data.items.length} next={data.next_page_token} address={(page_token) => withQuery(address, { page_token })} />
        </>
      )}
    </Answer>
  );
}

export function Usage({ address }: { address: Address }) {
  const uri = address.query.get("uri") ?? "";
  return (
    <>
      <Heading title="Who uses it?">Any location or table name, also one that no scan has found.</Heading>
      <Filters address={address} fields={fields} />
      {uri === "" ? <Empty title="Name a location, such as s3://datasets/iris or a table." /> : <Answers address={address} />}
    </>
  );
}
