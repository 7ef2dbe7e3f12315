/* The small parts that all pages are made of. */
/* SPDX-License-Identifier: Apache-2.0 */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Failure } from "./api";
import { baseName } from "./format";
import { to } from "./router";
import type { Loaded } from "./use";

/* The heading of a page; the title of the tab follows it. */
export function Heading({ title, over, children }: { title: string; over?: ComponentChildren; children?: ComponentChildren }) {
  useEffect(() => {
    document.title = title === "Boathouse" ? title : `${title} · Boathouse`;
  }, [title]);
  return (
    <header class="heading">
      {over !== undefined && <p class="over">{over}</p>}
      <h1 tabIndex={-1}>{title}</h1>
      {children !== undefined && <div class="lead">{children}</div>}
    </header>
  );
}

export function Section({ title, aside, children }: { title: string; aside?: ComponentChildren; children: ComponentChildren }) {
  return (
    <section class="section">
      <div class="section-head">
        <h2>{title}</h2>
        {aside !== undefined && <div class="aside">{aside}</div>}
      </div>
      {children}
    </section>
  );
}

/* What went wrong, what to do, and by which id the log knows it. */
export function Trouble({ failure, again }: { failure: Failure; again?: () => void }) {
  return (
    <div class="notice trouble" role="alert">
      <p>
        <strong>{failure.title}.</strong> {failure.message}
      </p>
      {failure.fix !== "" && <p>{failure.fix}</p>}
      {failure.faults.length > 0 && (
        <ul>
          {failure.faults.map((f) => (
            <li>
              <code>{f.pointer ?? f.parameter}</code> {f.detail} {f.fix}
            </li>
          ))}
        </ul>
      )}
      <p class="soft small">
        {failure.code}
        {failure.id !== "" && <> · request {failure.id}</>}
        {again && (
          <>
            {" · "}
            <button type="button" class="link" onClick={again}>
              Try again
            </button>
          </>
        )}
      </p>
    </div>
  );
}

/* Nothing is there; children say what to do about it. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="notice empty">
      <p>
        <strong>{title}</strong>
      </p>
      {children}
    </div>
  );
}

/* One of: what went wrong, a quiet sign of waiting, or the answer. */
export function Answer<T>({ of, children }: { of: Loaded<T>; children: (data: T) => ComponentChildren }) {
  if (of.failure) return <Trouble failure={of.failure} again={of.again} />;
  if (of.data === undefined) return <Waiting />;
  return (
    <div class={of.isLoading ? "is-loading" : undefined} aria-busy={of.isLoading}>
      {children(of.data)}
    </div>
  );
}

export function Waiting() {
  return (
    <p class="waiting soft" role="status">
      Loading …
    </p>
  );
}

export function Tag({ children, tone }: { children: ComponentChildren; tone?: "good" | "bad" | "warn" | "quiet" | undefined }) {
  return <span class={`tag ${tone ?? ""}`}>{children}</span>;
}

export function Kinds({ kinds }: { kinds: string[] }) {
  return (
    <span class="tags">
      {kinds.map((kind) => (
        <a class="tag kind" href={to("/notebooks", { kind })}>
          {kind}
        </a>
      ))}
    </span>
  );
}

/* A location, with its last part made plain. */
export function Location({ uri, href }: { uri: string; href?: string | undefined }) {
  const name = baseName(uri);
  const at = uri.lastIndexOf(name);
  const text = (
    <>
      <span class="soft">{uri.slice(0, at)}</span>
      <wbr />
      {uri.slice(at)}
    </>
  );
  return href === undefined ? <span class="location">{text}</span> : <a class="location" href={href}>{text}</a>;
}

export function Copy({ text, what = "Copy" }: { text: string; what?: string }) {
  const [isDone, setDone] = useState(false);
  const timer = useRef(0);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setDone(false), 2000);
  };
  return (
    <button type="button" class="small-button" onClick={() => void copy()}>
      <span aria-live="polite">{isDone ? "Copied" : what}</span>
    </button>
  );
}

/* Links to the first and the next page of a list; back is the browser's own. */
export function Pager({ address, next, shown }: { address: (token: string) => string; next: string | null | undefined; shown: number }) {
  const isFirst = !location.hash.includes("page_token=");
  if (isFirst && !next) return null;
  return (
    <nav class="pager" aria-label="Pages">
      <span class="soft">{shown} on this page</span>
      {!isFirst && <a href={address("")}>First page</a>}
      {next && (
        <a href={address(next)} rel="next">
          Next page
        </a>
      )}
    </nav>
  );
}

/* Rows of a name and its value. */
export function Facts({ rows }: { rows: [string, ComponentChildren][] }) {
  return (
    <dl class="facts">
      {rows
        .filter(([, value]) => value !== undefined && value !== null && value !== "")
        .map(([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
