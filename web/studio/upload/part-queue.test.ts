import { expect, test } from "vitest";
import { ApiError } from "../../api-error.ts";
import {
  type Part,
  type PartTransport,
  retryDelay,
  splitIntoParts,
  uploadParts,
} from "./part-queue.ts";
import { PauseGate } from "./pause-gate.ts";

interface FakeTransport extends PartTransport {
  puts: number[];
  recorded: Map<number, string>;
  signed: number[][];
  waits: number;
}

/** A storage in memory; `onPut` may throw or wait to simulate a failure. */
function fakeTransport(
  onPut: (part: Part, nth: number, signal: AbortSignal) => Promise<void> | void = () => {},
): FakeTransport {
  const tries = new Map<number, number>();
  const fake: FakeTransport = {
    puts: [],
    recorded: new Map(),
    signed: [],
    waits: 0,
    sign: async (partNumbers) => {
      fake.signed.push(partNumbers);
      return partNumbers.map((partNumber) => ({
        partNumber,
        url: `https://storage/${partNumber}`,
        headers: {},
      }));
    },
    put: async (signed, part, onProgress, signal) => {
      const nth = (tries.get(part.partNumber) ?? 0) + 1;
      tries.set(part.partNumber, nth);
      fake.puts.push(signed.partNumber);
      await onPut(part, nth, signal);
      onProgress(part.end - part.start);
      return `"etag-${part.partNumber}"`;
    },
    record: async (partNumber, etag, signal) => {
      signal.throwIfAborted();
      fake.recorded.set(partNumber, etag);
    },
    wait: async () => void fake.waits++,
  };
  return fake;
}

function run(
  transport: PartTransport,
  parts: Part[],
  extra: { gate?: PauseGate; signal?: AbortSignal } = {},
) {
  const sent = new Map<number, number>();
  const done = uploadParts({
    parts,
    concurrency: 3,
    transport,
    gate: extra.gate ?? new PauseGate(),
    signal: extra.signal ?? new AbortController().signal,
    onProgress: (partNumber, bytes) => sent.set(partNumber, bytes),
  });
  return { done, total: () => [...sent.values()].reduce((sum, bytes) => sum + bytes, 0) };
}

test("all parts but the last have equal sizes, and together they make up the file", () => {
  const parts = splitIntoParts(25, 10);
  expect(parts.map((part) => part.end - part.start)).toEqual([10, 10, 5]);
  expect(splitIntoParts(20, 10)).toHaveLength(2);
});

test("parts are sent, recorded and counted several at a time", async () => {
  let running = 0;
  let maxRunning = 0;
  const transport = fakeTransport(async () => {
    maxRunning = Math.max(maxRunning, ++running);
    await Promise.resolve();
    running--;
  });
  const { done, total } = run(transport, splitIntoParts(205, 10));
  const last = (await done)[0];
  expect(transport.recorded.size).toBe(20);
  expect(transport.recorded.get(last?.partNumber ?? 0)).toBeUndefined();
  expect(last?.etag).toBe(`"etag-${last?.partNumber}"`);
  expect(total()).toBe(205);
  expect(maxRunning).toBe(3);
  expect(transport.signed.length).toBeLessThan(8);
});

test("a part lost by the network is sent again with a new URL", async () => {
  const transport = fakeTransport((part, nth) => {
    if (part.partNumber === 2 && nth < 3) throw new ApiError(0, "offline", "gone");
  });
  await run(transport, splitIntoParts(30, 10)).done;
  expect(transport.puts.filter((number) => number === 2)).toHaveLength(3);
  expect(transport.waits).toBe(2);
  expect(transport.signed.flat().filter((number) => number === 2)).toHaveLength(3);
});

test("an expired URL (403 from the storage) is replaced", async () => {
  const transport = fakeTransport((_part, nth) => {
    if (nth === 1) throw new ApiError(403, "storage_refused", "expired");
  });
  const last = await run(transport, splitIntoParts(10, 10)).done;
  expect(last).toEqual([{ partNumber: 1, etag: '"etag-1"' }]);
});

test("a part that was sent but not recorded is not sent again", async () => {
  const transport = fakeTransport();
  const record = transport.record;
  let lost = false;
  transport.record = async (...call) => {
    if (!lost) {
      lost = true;
      throw new ApiError(503, "unavailable", "later");
    }
    return record(...call);
  };
  await run(transport, splitIntoParts(20, 10)).done;
  expect(transport.puts).toEqual([1, 2]);
  expect(transport.recorded.size).toBe(1);
});

test("an error of the API ends the upload at once", async () => {
  const transport = fakeTransport();
  transport.sign = async () => {
    throw new ApiError(409, "upload_closed", "The upload is no longer open.");
  };
  await expect(run(transport, splitIntoParts(30, 10)).done).rejects.toThrow("no longer open");
  expect(transport.waits).toBe(0);
});

test("a lasting network failure ends the upload with its error", async () => {
  const transport = fakeTransport(() => {
    throw new ApiError(0, "offline", "The storage cannot be reached.");
  });
  await expect(run(transport, splitIntoParts(10, 10)).done).rejects.toThrow("cannot be reached");
  expect(transport.puts).toHaveLength(8);
});

test("a pause aborts running requests without counting as an attempt, and resuming continues", async () => {
  const gate = new PauseGate();
  let paused = false;
  const transport = fakeTransport(async (_part, _nth, signal) => {
    if (paused) return;
    await new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(new Error("aborted")));
    });
  });
  const { done, total } = run(transport, splitIntoParts(40, 10), { gate });
  await expect.poll(() => transport.puts.length).toBe(3);
  paused = true;
  gate.pause();
  await Promise.resolve();
  expect(transport.recorded.size).toBe(0);
  gate.resume();
  await done;
  expect(total()).toBe(40);
  expect(transport.waits).toBe(0);
});

test("a cancelled upload stops", async () => {
  const cancel = new AbortController();
  const transport = fakeTransport(() => cancel.abort(new Error("cancelled")));
  await expect(
    run(transport, splitIntoParts(90, 10), { signal: cancel.signal }).done,
  ).rejects.toThrow("cancelled");
  expect(transport.recorded.size).toBe(0);
});

test("the retry delay grows, with jitter, up to 15 s", () => {
  expect(retryDelay(1, () => 1)).toBe(1000);
  expect(retryDelay(1, () => 0)).toBe(500);
  expect(retryDelay(20, () => 1)).toBe(15_000);
});
