/* Code with its words marked: enough for reading, made of text nodes only. */
/* SPDX-License-Identifier: Apache-2.0 */
const words: Record<string, string> = {
  python:
    "and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield True False None",
  r: "if else repeat while function for next break in TRUE FALSE NULL NA NaN Inf library require",
  scala:
    "abstract case catch class def do else extends false final finally for if implicit import lazy match new null object override package private protected return sealed super this throw trait true try type val var while with yield",
  sql: "select from where and or not in is null as join left right inner outer full cross on using group by order having limit union all distinct case when then else end with create table view if exists insert into overwrite values update set delete drop alter partitioned location stored external temporary replace asc desc between like over partition cast",
  sh: "if then else elif fi for while do done case esac in function export return local",
};
const aliases: Record<string, string> = { shell: "sh", bash: "sh", pyspark: "python", sparksql: "sql" };

interface Language {
  words: Set<string>;
  isFolded: boolean /* upper and lower case are the same */;
  comment: RegExp;
}

const languages = new Map<string, Language>();

function languageOf(name: string | undefined): Language {
  const key = aliases[name ?? ""] ?? name ?? "python";
  let language = languages.get(key);
  if (!language) {
    const comments: Record<string, string> = { scala: "//[^\\n]*|/\\*[\\s\\S]*?(?:\\*/|$)", sql: "--[^\\n]*|/\\*[\\s\\S]*?(?:\\*/|$)" };
    language = {
      words: new Set((words[key] ?? "").split(" ")),
      isFolded: key === "sql",
      comment: new RegExp(comments[key] ?? "#[^\\n]*", "y"),
    };
    languages.set(key, language);
  }
  return language;
}

const strings = /"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[\s\S]|[^'\\\n])*'?/y;
const numbers = /\d[\w.]*/y;
const names = /[A-Za-z_][\w]*/y;
const rest = /[^\w"'#/-]+|[\s\S]/y;

function at(pattern: RegExp, text: string, i: number): string | undefined {
  pattern.lastIndex = i;
  return pattern.exec(text)?.[0];
}

export interface Token {
  kind: "" | "comment" | "string" | "number" | "word";
  text: string;
}

export function tokens(text: string, name?: string): Token[] {
  const language = languageOf(name);
  const out: Token[] = [];
  for (let i = 0; i < text.length; ) {
    const token = next(text, i, language);
    const last = out[out.length - 1];
    if (last && last.kind === "" && token.kind === "") last.text += token.text;
    else out.push(token);
    i += token.text.length;
  }
  return out;
}

function next(text: string, i: number, language: Language): Token {
  let found = at(language.comment, text, i);
  if (found) return { kind: "comment", text: found };
  if ((found = at(strings, text, i))) return { kind: "string", text: found };
  if ((found = at(names, text, i))) {
    const word = language.isFolded ? found.toLowerCase() : found;
    return { kind: language.words.has(word) ? "word" : "", text: found };
  }
  if ((found = at(numbers, text, i))) return { kind: "number", text: found };
  return { kind: "", text: at(rest, text, i) ?? text[i] ?? "" };
}

export function Code({ text, language }: { text: string; language?: string | undefined }) {
  return (
    <code>
      {tokens(text, language).map((t) => (t.kind === "" ? t.text : <span class={`c-${t.kind}`}>{t.text}</span>))}
    </code>
  );
}

export function Block({ text, language, label }: { text: string; language?: string | undefined; label: string }) {
  return (
    <pre class="block" tabIndex={0} role="region" aria-label={label}>
      <Code text={text} language={language} />
    </pre>
  );
}
