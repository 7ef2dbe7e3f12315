/* One cluster: how it is doing, its password once, what it costs, and how it ends. */
/* SPDX-License-Identifier: Apache-2.0 */
import { useCallback, useEffect, useState } from "preact/hooks";
import { Failure, send } from "../api";
import type { Cluster, ClusterCredentials, ClusterEvent } from "../contract";
import { follow } from "../events";
import { ago, count, duration, money, moment } from "../format";
import { to } from "../router";
import { Answer, Copy, Facts, Heading, Section, Tag, Trouble } from "../ui";
import { asFailure, useEvery, useGet } from "../use";
import { PhaseTag, part, text } from "./clusters";

const steps = ["requested", "provisioning", "bootstrapping", "hardening", "ready"] as const;

function isOver(cluster: Cluster): boolean {
  return cluster.phase === "terminated" || cluster.phase === "failed";
}

function Way({ cluster }: { cluster: Cluster }) {
  const at = steps.findIndex((s) => s === cluster.phase);
  if (at < 0) return null;
  return (
    <ol class="way" aria-label="How far it is">
      {steps.map((step, i) => (
        <li class={i < at || step === cluster.phase && step === "ready" ? "way-done" : i === at ? "way-now" : undefined} aria-current={i === at ? "step" : undefined}>
          {step}
        </li>
      ))}
    </ol>
  );
}

function Credentials({ given }: { given: ClusterCredentials }) {
  return (
    <div class="notice warn" role="status">
      <p>
        <strong>This password is shown once.</strong> Copy it now.
      </p>
      <Facts
        rows={[
          ["JupyterHub", <a href={given.url} rel="noopener noreferrer" target="_blank">{given.url}</a>],
          ["User", given.user],
          ["Password", <span class="with-copy"><code>{given.password}</code> <Copy text={given.password} /></span>],
        ]}
      />
    </div>
  );
}

function Actions({ cluster, done }: { cluster: Cluster; done: () => void }) {
  const [failure, setFailure] = useState<Failure | undefined>(undefined);
  const [given, setGiven] = useState<ClusterCredentials | undefined>(undefined);
  const id = { cluster: cluster.id };
  const act = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
      setFailure(undefined);
      done();
    } catch (e) {
      setFailure(asFailure(e));
    }
  };
  const show = async (): Promise<void> => {
    const answer = await send("POST /v1/clusters/{cluster}/credentials", id, undefined);
    if ("password" in answer) setGiven(answer);
  };
  const end = (force: boolean): Promise<void> | undefined =>
    confirm(`End ${cluster.name}? What is not saved on it is lost.`) ? act(() => send("DELETE /v1/clusters/{cluster}", { ...id, force }, undefined)) : undefined;
  const isShown = text(cluster.jupyter["password_shown_at"]) !== undefined;
  if (isOver(cluster)) return null;
  return (
    <>
      {failure && <Trouble failure={failure} />}
      {given && <Credentials given={given} />}
      <div class="actions">
        {cluster.phase === "ready" && !isShown && (
          <button type="button" class="button main" onClick={() => void act(show)}>
            Show the password, once
          </button>
        )}
        <button type="button" class="button" onClick={() => void act(() => send("POST /v1/clusters/{cluster}/extend", id, { by_s: 3600 }))}>
          Live an hour longer
        </button>
        {cluster.phase !== "terminating" && (
          <button type="button" class="button danger" onClick={() => void end(false)}>
            End it
          </button>
        )}
        {failure?.status === 409 && (
          <button type="button" class="button danger" onClick={() => void end(true)}>
            End it all the same
          </button>
        )}
      </div>
    </>
  );
}

function Diagnosis({ id }: { id: string }) {
  const answer = useGet("/v1/clusters/{cluster}/diagnosis", { cluster: id });
  return (
    <Answer of={answer}>
      {(data) => (
        <div class={`notice ${data.phase === "failed" ? "trouble" : "empty"}`}>
          <p>{data.reason.message ?? "Nothing is wrong with it."}</p>
          {data.reason.fix && <p>{data.reason.fix}</p>}
          {data.provider_says && <p class="soft small">The provider says: {data.provider_says}</p>}
          {data.next_request && (
            <details>
              <summary>The next request, changed so that it should work</summary>
              <pre class="block" tabIndex={0}>
                <code>{JSON.stringify(data.next_request, null, 2)}</code>
              </pre>
            </details>
          )}
        </div>
      )}
    </Answer>
  );
}

function toldBy(event: ClusterEvent): string {
  const { data } = event;
  return text(data["text"]) ?? text(data["message"]) ?? (Object.keys(data).length === 0 ? "" : JSON.stringify(data));
}

/* What happened, as it happens; whoever shows the cluster hears of each event. */
function Events({ id, told }: { id: string; told: () => void }) {
  const [events, setEvents] = useState<ClusterEvent[]>([]);
  useEffect(() => {
    const controller = new AbortController();
    const path = `/v1/clusters/${encodeURIComponent(id)}/events`;
    void follow(path, (event) => { setEvents((old) => [event.data as ClusterEvent, ...old]); told(); }, controller.signal);
    return () => controller.abort();
  }, [id]);
  return (
    <ol class="events" aria-live="polite" tabIndex={0} aria-label="Events, the newest first">
      {events.map((event) => (
        <li key={event.id}>
          <time class="soft small" dateTime={event.at}>
            {moment(event.at)}
          </time>{" "}
          <Tag>{event.type}</Tag> {toldBy(event)}
        </li>
      ))}
    </ol>
  );
}

function Cost({ id }: { id: string }) {
  const answer = useGet("/v1/clusters/{cluster}/cost", { cluster: id });
  return (
    <Answer of={answer}>
      {(c) => (
        <Facts
          rows={[
            ["So far", money(c.accrued, c.currency)],
            ["An hour now", money(c.hourly, c.currency)],
            ["When it expires", c.forecast ? money(c.forecast, c.currency) : undefined],
            ["Prices of", c.price_as_of],
            ["Complete", c.complete ? "yes; disks and S3 are not counted" : "no: a price is not known or changes"],
          ]}
        />
      )}
    </Answer>
  );
}

function Whole({ cluster, again }: { cluster: Cluster; again: () => void }) {
  const size = part(cluster.spec, "size");
  const limits = part(cluster.spec, "lifecycle");
  const url = text(cluster.jupyter["url"]);
  return (
    <>
      <Way cluster={cluster} />
      {(cluster.phase === "failed" || cluster.phase === "uncertain") && <Diagnosis id={cluster.id} />}
      <Actions cluster={cluster} done={again} />
      <Facts
        rows={[
          ["JupyterHub", url && !isOver(cluster) ? <a href={url} rel="noopener noreferrer" target="_blank">{url}</a> : undefined],
          ["User", text(cluster.jupyter["user"])],
          ["Owner", cluster.owner],
          ["Release", text(cluster.spec["release"])],
          ["Workers", count(Number(size["workers"] ?? 0))],
          ["Asked for", moment(text(cluster.timeline["requested_at"]))],
          ["Ready", moment(text(cluster.timeline["ready_at"]))],
          ["Expires", text(cluster.lifecycle["expires_at"]) ? ago(text(cluster.lifecycle["expires_at"])) : undefined],
          ["Ends when idle for", limits["idle_timeout_s"] ? duration(Number(limits["idle_timeout_s"])) : undefined],
          ["Ended", text(cluster.timeline["ended_at"]) ? moment(text(cluster.timeline["ended_at"])) : undefined],
          ["Because", text(cluster.lifecycle["ends_because"])],
          ["At the provider", [text(cluster.provider["cluster_id"]), text(cluster.provider["state"])].filter(Boolean).join(", ")],
        ]}
      />
      <div class="two">
        <Section title="What it costs">
          <Cost id={cluster.id} />
        </Section>
        <Section title="What happened">
          <Events id={cluster.id} told={again} />
        </Section>
      </div>
    </>
  );
}

export function ClusterPage({ id }: { id: string }) {
  const answer = useGet("/v1/clusters/{cluster}", { cluster: id });
  useEvery(10000, useCallback(answer.again, [answer.again]));
  return (
    <>
      <Heading title={answer.data?.name || "Cluster"} over={<a href={to("/clusters")}>Clusters</a>}>
        {answer.data && (
          <>
            <PhaseTag phase={answer.data.phase} /> <code>{answer.data.id}</code>
          </>
        )}
      </Heading>
      <Answer of={answer}>{(cluster) => <Whole cluster={cluster} again={answer.again} />}</Answer>
    </>
  );
}
