/* Server-sent events by fetch: EventSource cannot send the token in a header. */
/* SPDX-License-Identifier: Apache-2.0 */
import { Failure, addressOf, headersOf, request } from "./api";

export interface Told {
  id: number;
  type: string;
  data: unknown;
}

const WAIT_MS = 1000;

/* One event from its lines; undefined for a comment alone. */
function read(block: string): Told | undefined {
  const told = { id: 0, type: "message", data: "" };
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    const value = line.slice(colon + 1).replace(/^ /, "");
    const name = line.slice(0, colon);
    if (name === "id") told.id = Number(value);
    else if (name === "event") told.type = value;
    else if (name === "data") told.data += value;
  }
  return told.data === "" ? undefined : { ...told, data: JSON.parse(told.data) as unknown };
}

async function readAll(body: ReadableStream<Uint8Array>, tell: (event: Told) => void): Promise<void> {
  let rest = "";
  const reader = body.pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>).getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    const blocks = (rest + next.value).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = read(block);
      if (event) tell(event);
    }
  }
}

/* All events of a stream, from its beginning, until the server says that there are no more (204) or
 * signal ends it.  A connection that breaks is made again behind the last event. */
export async function follow(path: string, tell: (event: Told) => void, signal: AbortSignal): Promise<void> {
  let last = 0;
  while (!signal.aborted) {
    try {
      const headers = headersOf({ Accept: "text/event-stream", ...(last > 0 ? { "Last-Event-ID": String(last) } : {}) });
      const response = await request(addressOf(path, {}), { headers, signal });
      if (response.status === 204 || !response.body) return;
      await readAll(response.body, (event) => {
        last = event.id;
        tell(event);
      });
    } catch (e) {
      if (signal.aborted || (e instanceof Failure && e.status >= 400 && e.status < 500)) return;
    }
    await new Promise((done) => setTimeout(done, WAIT_MS));
  }
}
