/* Markdown of notebooks as elements: headings, lists, tables as text, code, emphasis, links.  What is
 * HTML in it stays text; pictures become their description.  Nothing is loaded from elsewhere. */
/* SPDX-License-Identifier: Apache-2.0 */
import type { ComponentChild } from "preact";
import { Block } from "./code";

const inline = /`([^`]+)`|\*\*([^*]+)\*\*|__([^_]+)__|\*([^*\s][^*]*)\*|!\[([^\]]*)\]\([^)]*\)|\[([^\]]+)\]\(([^)\s]+)[^)]*\)/;
const MAX_DEPTH = 8;

function link(text: string, address: string): ComponentChild {
  if (!/^https?:\/\//i.test(address)) return text;
  return (
    <a href={address} rel="noopener noreferrer nofollow" target="_blank">
      {text}
    </a>
  );
}

export function inlines(text: string, depth = 0): ComponentChild[] {
  const out: ComponentChild[] = [];
  let rest = text;
  for (let found = inline.exec(rest); found && depth < MAX_DEPTH; found = inline.exec(rest)) {
    const [whole, code, strong, strong2, em, picture, name, address] = found;
    if (found.index > 0) out.push(rest.slice(0, found.index));
    rest = rest.slice(found.index + whole.length);
    if (code !== undefined) out.push(<code>{code}</code>);
    else if (strong !== undefined || strong2 !== undefined) out.push(<strong>{inlines(strong ?? strong2 ?? "", depth + 1)}</strong>);
    else if (em !== undefined) out.push(<em>{inlines(em, depth + 1)}</em>);
    else if (picture !== undefined) out.push(<span class="soft">[{picture || "picture"}]</span>);
    else out.push(link(name ?? "", address ?? ""));
  }
  if (rest !== "") out.push(rest);
  return out;
}

interface Part {
  kind: "heading" | "code" | "list" | "quote" | "text";
  lines: string[];
  mark: string /* of a heading, a list, a fence */;
}

const starts: [Part["kind"], RegExp][] = [
  ["heading", /^(#{1,6})\s+(.*)$/],
  ["list", /^\s*([-*+]|\d+[.)])\s+(.*)$/],
  ["quote", /^(>)\s?(.*)$/],
];

function begin(line: string): Part {
  for (const [kind, pattern] of starts) {
    const found = pattern.exec(line);
    if (found) return { kind, mark: found[1] ?? "", lines: [found[2] ?? ""] };
  }
  return { kind: "text", mark: "", lines: [line] };
}

/* The blocks of a text; one pass over its lines. */
export function parts(text: string): Part[] {
  const out: Part[] = [];
  let open: Part | undefined;
  for (const line of text.split("\n")) {
    if (open?.kind === "code") {
      if (line.trim().startsWith(open.mark)) open = undefined;
      else open.lines.push(line);
      continue;
    }
    const fence = /^\s*(```|~~~)/.exec(line)?.[1];
    const next: Part = fence ? { kind: "code", mark: fence, lines: [] } : begin(line);
    if (!fence && line.trim() === "") open = undefined;
    else if (open && next.kind === open.kind && (next.kind === "list" || next.kind === "quote" || next.kind === "text"))
      open.lines.push(next.lines[0] ?? "");
    else if (open?.kind === "list" && next.kind === "text" && /^\s/.test(line)) open.lines[open.lines.length - 1] += ` ${line.trim()}`;
    else out.push((open = next));
    if (next.kind === "heading") open = undefined;
  }
  return out;
}

/* Headings of a notebook stand below those of the page. */
function Heading({ part }: { part: Part }) {
  const text = inlines(part.lines[0] ?? "");
  return part.mark.length === 1 ? <h3 class="md-1">{text}</h3> : part.mark.length === 2 ? <h4 class="md-2">{text}</h4> : <h5 class="md-3">{text}</h5>;
}

function One({ part }: { part: Part }) {
  switch (part.kind) {
    case "heading":
      return <Heading part={part} />;
    case "code":
      return <Block text={part.lines.join("\n")} language="none" label="Code in the text" />;
    case "list": {
      const items = part.lines.map((line) => <li>{inlines(line)}</li>);
      return /\d/.test(part.mark) ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
    case "quote":
      return <blockquote>{inlines(part.lines.join(" "))}</blockquote>;
    case "text":
      return part.lines.some((line) => line.startsWith("|")) ? <pre class="line">{part.lines.join("\n")}</pre> : <p>{inlines(part.lines.join("\n"))}</p>;
  }
}

export function Markdown({ text }: { text: string }) {
  return (
    <div class="md">
      {parts(text).map((part) => (
        <One part={part} />
      ))}
    </div>
  );
}
