/* A table from its columns.  On a narrow screen each row becomes a card with the names of the
 * columns before the values. */
/* SPDX-License-Identifier: Apache-2.0 */
import type { ComponentChildren } from "preact";

export interface Column<T> {
  name: string;
  cell: (row: T) => ComponentChildren;
  isNumber?: boolean;
  isHead?: boolean; /* names the row */
  sort?: { href: string; is: boolean } /* the address that sorts by it */;
}

function HeadCell<T>({ column }: { column: Column<T> }) {
  const { sort } = column;
  return (
    <th scope="col" class={column.isNumber ? "number" : undefined} aria-sort={sort?.is ? "other" : undefined}>
      {sort ? (
        <a href={sort.href} class={sort.is ? "sorted" : undefined}>
          {column.name}
        </a>
      ) : (
        column.name
      )}
    </th>
  );
}

export function Table<T>({ caption, columns, rows, keyOf }: {
  caption: string;
  columns: Column<T>[];
  rows: T[];
  keyOf: (row: T) => string;
}) {
  return (
    <table class="table">
      <caption class="only-heard">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <HeadCell column={column} />
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map((column) => {
              const Cell = column.isHead ? "th" : "td";
              return (
                <Cell scope={column.isHead ? "row" : undefined} class={column.isNumber ? "number" : undefined} data-name={column.name}>
                  {column.cell(row)}
                </Cell>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
