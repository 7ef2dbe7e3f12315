/* The filters of a list: fields whose values stand in the address, so that a link keeps them. */
/* SPDX-License-Identifier: Apache-2.0 */
import { useEffect, useState } from "preact/hooks";
import { replace, withQuery } from "./router";
import type { Address } from "./router";
import { useSettled } from "./use";

export interface Field {
  name: string;
  label: string;
  kind: "text" | "words" | "flag" | "day";
  words?: string[]; /* the first one is any */
}

interface Props {
  address: Address;
  field: Field;
}

function set(address: Address, name: string, value: string): void {
  replace(withQuery(address, { [name]: value }));
}

function TextField({ address, field }: Props) {
  const given = address.query.get(field.name) ?? "";
  const [text, setText] = useState(given);
  const settled = useSettled(text, 200);
  useEffect(() => setText(given), [given]);
  useEffect(() => {
    if (settled.trim() !== given && settled === text) set(address, field.name, settled.trim());
  }, [settled]);
  return (
    <label class="field">
      <span>{field.label}</span>
      <input type="search" value={text} spellcheck={false} onInput={(e) => setText(e.currentTarget.value)} />
    </label>
  );
}

function WordsField({ address, field }: Props) {
  const value = address.query.get(field.name) ?? "";
  const words = field.words ?? [];
  return (
    <label class="field">
      <span>{field.label}</span>
      <select value={value} onChange={(e) => set(address, field.name, e.currentTarget.value)}>
        {(words.includes(value) ? words : [...words, value]).map((word) => (
          <option value={word}>{word === "" ? "any" : word}</option>
        ))}
      </select>
    </label>
  );
}

function FlagField({ address, field }: Props) {
  return (
    <label class="field flag">
      <input
        type="checkbox"
        checked={address.query.get(field.name) === "true"}
        onChange={(e) => set(address, field.name, e.currentTarget.checked ? "true" : "")}
      />
      <span>{field.label}</span>
    </label>
  );
}

function DayField({ address, field }: Props) {
  return (
    <label class="field">
      <span>{field.label}</span>
      <input type="date" value={address.query.get(field.name) ?? ""} onChange={(e) => set(address, field.name, e.currentTarget.value)} />
    </label>
  );
}

const kinds = { text: TextField, words: WordsField, flag: FlagField, day: DayField };

export function Filters({ address, fields }: { address: Address; fields: Field[] }) {
  return (
    <form class="filters" onSubmit={(e) => e.preventDefault()} aria-label="Filters">
      {fields.map((field) => {
        const Kind = kinds[field.kind];
        return <Kind key={field.name} address={address} field={field} />;
      })}
    </form>
  );
}
