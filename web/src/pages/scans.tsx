/* The places that are scanned, and their scans. */
/* SPDX-License-Identifier: Apache-2.0 */
import { useCallback, useState } from "preact/hooks";
import { Failure, send } from "../api";
import type { Scan, Source } from "../contract";
import { ago, count, duration, moment } from "../format";
import { go, to } from "../router";
import type { Address } from "../router";
import { Table } from "../table";
import { Answer, Empty, Heading, Pager, Section, Tag, Trouble } from "../ui";
import { asFailure, useEvery, useGet } from "../use";

export const tones = { queued: "quiet", running: "warn", done: "good", failed: "bad", cancelled: "quiet" } as const;

function Sources({ sources, start }: { sources: Source[]; start: (source: string) => void }) {
  return (
    <Table
      caption="Places that are scanned"
      rows={sources}
      keyOf={(s) => s.name}
      columns={[
        { name: "Place", isHead: true, cell: (s) => s.name },
        { name: "Location", cell: (s) => <span class="location">{s.uri}</span> },
        { name: "Looks for", cell: (s) => s.wants.join(", ") },
        { name: "Scanned", cell: (s) => (s.last_scan_id === null ? "never" : <a href={to(`/scans/${s.last_scan_id}`)}>{ago(s.scanned_at)}</a>) },
        { name: "By itself", cell: (s) => (s.interval_s === 0 ? "no" : `every ${duration(s.interval_s)}`) },
        {
          name: "Now",
          cell: (s) => (
            <button type="button" class="small-button" aria-label={`Scan now: ${s.name}`} onClick={() => start(s.name)}>
              Scan now
            </button>
          ),
        },
      ]}
    />
  );
}

export function lasted(scan: Scan): string {
  if (!scan.started_at) return "–";
  const end = scan.ended_at ? new Date(scan.ended_at) : new Date();
  const seconds = (end.getTime() - new Date(scan.started_at).getTime()) / 1000;
  return seconds < 1 ? "under a second" : duration(seconds);
}

function Scans({ scans }: { scans: Scan[] }) {
  return (
    <Table
      caption="Scans"
      rows={scans}
      keyOf={(s) => String(s.id)}
      columns={[
        { name: "Scan", isHead: true, cell: (s) => <a href={to(`/scans/${s.id}`)}>{`${s.source} ${s.id}`}</a> },
        { name: "State", cell: (s) => <Tag tone={tones[s.state]}>{s.state}</Tag> },
        { name: "Asked for by", cell: (s) => s.trigger },
        { name: "Began", cell: (s) => moment(s.started_at) },
        { name: "Lasted", cell: (s) => lasted(s) },
        { name: "Listed", isNumber: true, cell: (s) => count(s.progress?.listed ?? 0) },
        { name: "Read", isNumber: true, cell: (s) => count(s.progress?.analyzed ?? 0) },
        { name: "Broken", isNumber: true, cell: (s) => count(s.progress?.broken ?? 0) },
      ]}
    />
  );
}

function AddSource({ done }: { done: () => void }) {
  const [name, setName] = useState("");
  const [uri, setUri] = useState("");
  const [failure, setFailure] = useState<Failure | undefined>(undefined);
  const add = async (): Promise<void> => {
    try {
      await send("POST /v1/sources", {}, { name: name.trim(), uri: uri.trim() });
      setName("");
      setUri("");
      setFailure(undefined);
      done();
    } catch (e) {
      setFailure(asFailure(e));
    }
  };
  return (
    <>
      {failure && <Trouble failure={failure} />}
      <form class="filters" aria-label="Add a place" onSubmit={(e) => { e.preventDefault(); void add(); }}>
        <label class="field">
          <span>Name</span>
          <input required value={name} onInput={(e) => setName(e.currentTarget.value)} />
        </label>
        <label class="field">
          <span>Location (s3://bucket/prefix)</span>
          <input required value={uri} onInput={(e) => setUri(e.currentTarget.value)} />
        </label>
        <button class="button">Add the place</button>
      </form>
    </>
  );
}

export function ScansPage({ address }: { address: Address }) {
  const sources = useGet("/v1/sources", { limit: 1000 });
  const scans = useGet("/v1/scans", { limit: 50, page_token: address.query.get("page_token") ?? "" });
  const [failure, setFailure] = useState<Failure | undefined>(undefined);
  useEvery(5000, useCallback(() => { sources.again(); scans.again(); }, [sources.again, scans.again]));
  const start = async (source: string): Promise<void> => {
    try {
      const scan = await send("POST /v1/scans", {}, { source });
      go(to(`/scans/${scan.id}`));
    } catch (e) {
      setFailure(asFailure(e));
    }
  };
  return (
    <>
      <Heading title="Scans">What is known of the lake comes from scans: the first one reads everything, later ones only what changed.</Heading>
      {failure && <Trouble failure={failure} />}
      <Section title="Places">
        <Answer of={sources}>
          {(data) =>
            data.items.length === 0 ? (
              <Empty title="No place is scanned yet">
                <p>Add one here, or name it in the section [sources] of the settings.</p>
              </Empty>
            ) : (
              <Sources sources={data.items} start={(name) => void start(name)} />
            )
          }
        </Answer>
        <AddSource done={sources.again} />
      </Section>
      <Section title="Scans">
        <Answer of={scans}>
          {(data) => (
            <>
              {data.items.length === 0 && <Empty title="There was no scan yet." />}
              {data.items.length > 0 && <Scans scans={data.items} />}
              <Pager shown={data.items.length} next={data.next_page_token} address={(page_token) => to("/scans", { page_token })} />
            </>
          )}
        </Answer>
      </Section>
    </>
  );
}
