/* One scan: how far it is, live, and what could not be read. */
/* SPDX-License-Identifier: Apache-2.0 */
import { useEffect, useState } from "preact/hooks";
import type { Scan, ScanProgress } from "../contract";
import { follow } from "../events";
import { bytes, count, duration, moment } from "../format";
import { to } from "../router";
import { Answer, Facts, Heading, Section, Tag } from "../ui";
import { useGet } from "../use";
import { lasted, tones } from "./scans";

interface Broken {
  key: number;
  uri: string;
  code: string;
  text: string;
}

const MOST = 200; /* of what is broken, the newest */

function textOf(data: Record<string, unknown>, ...names: string[]): string {
  for (const name of names) if (typeof data[name] === "string") return data[name];
  return "";
}

function Progress({ progress, isOver }: { progress: ScanProgress; isOver: boolean }) {
  const most = Math.max(progress.expected, progress.listed, 1);
  return (
    <>
      {!isOver && (
        <>
          <progress max={most} value={progress.listed} aria-label="Objects listed" />
          <p class="soft small" role="status">
            {count(progress.listed)} of about {count(most)} objects
            {progress.left_s !== undefined && `, ${duration(progress.left_s)} left`}
          </p>
        </>
      )}
      <Facts
        rows={[
          ["Objects listed", count(progress.listed)],
          ["New or changed", count(progress.changed)],
          ["Gone", count(progress.removed)],
          ["Notebooks", count(progress.notebooks)],
          ["Notebooks read", count(progress.analyzed)],
          ["Notebooks broken", count(progress.broken)],
          ["Datasets", count(progress.datasets)],
          ["Read", bytes(progress.read_bytes)],
          ["Rate", progress.elapsed_s > 0 ? `${count(Math.round(progress.listed / progress.elapsed_s))} objects a second` : undefined],
        ]}
      />
    </>
  );
}

/* What the events say, on top of what the scan said when it was asked. */
function useLive(scan: Scan, ended: () => void): { progress: ScanProgress | undefined; broken: Broken[] } {
  const [progress, setProgress] = useState<ScanProgress | undefined>(scan.progress ?? undefined);
  const [broken, setBroken] = useState<Broken[]>([]);
  useEffect(() => {
    const controller = new AbortController();
    void follow(
      `/v1/scans/${scan.id}/events`,
      (event) => {
        const data = event.data as Record<string, unknown>;
        if (event.type === "error")
          setBroken((old) => [{ key: event.id, uri: textOf(data, "uri", "key", "notebook"), code: textOf(data, "code"), text: textOf(data, "error", "detail", "message") }, ...old].slice(0, MOST));
        else setProgress(event.data as ScanProgress);
        if (event.type === "end") ended();
      },
      controller.signal,
    );
    return () => controller.abort();
  }, [scan.id]);
  return { progress, broken };
}

function Live({ scan, again }: { scan: Scan; again: () => void }) {
  const { progress, broken } = useLive(scan, again);
  const isOver = scan.ended_at !== null;
  return (
    <>
      <p>
        <Tag tone={tones[scan.state]}>{scan.state}</Tag>{" "}
        <span class="soft">
          asked for by {scan.trigger}, began {moment(scan.started_at)}, {isOver ? `lasted ${lasted(scan)}` : "runs"}
        </span>
      </p>
      {scan.error && (
        <div class="notice trouble" role="alert">
          <p>{scan.error.detail}</p>
          {scan.error.fix && <p>{scan.error.fix}</p>}
        </div>
      )}
      {progress && <Progress progress={progress} isOver={isOver} />}
      <Section title="What could not be read">
        {broken.length === 0 && <p class="soft">{isOver ? "Nothing: all was read." : "Nothing so far."}</p>}
        <ul class="ranked">
          {broken.map((b) => (
            <li key={b.key}>
              <span class="location">{b.uri}</span>
              <span class="small soft">
                <code>{b.code}</code> {b.text}
              </span>
            </li>
          ))}
        </ul>
        {broken.length > 0 && (
          <p>
            <a href={to("/notebooks", { broken: true })}>All notebooks that cannot be read</a>. Repair the file, and the next scan takes it up.
          </p>
        )}
      </Section>
    </>
  );
}

export function ScanPage({ id }: { id: string }) {
  const answer = useGet("/v1/scans/{scan_id}", { scan_id: Number(id) });
  return (
    <>
      <Heading title={answer.data ? `Scan of ${answer.data.source}` : "Scan"} over={<a href={to("/scans")}>Scans</a>} />
      <Answer of={answer}>{(scan) => <Live scan={scan} again={answer.again} />}</Answer>
    </>
  );
}
