import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EMPTY_DRAFT } from "../upload-draft.ts";
import { followLink, linksIn, nameOfLink } from "./link-upload.ts";
import { itemOf, queue, transfers } from "./queue-state.ts";
import { showTransfers } from "./transfer-progress.ts";

// The API client reads it when it is loaded.
vi.hoisted(() => vi.stubGlobal("location", { origin: "http://localhost:8788" }));

const KEY = "account link";
const LINK = "https://files.example.org/harbour_1.mp4";

beforeEach(() => {
  vi.stubGlobal("location", { origin: "http://localhost:8788" });
  vi.stubGlobal("navigator", { onLine: true });
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  queue.value = [];
});

function enqueueLink(title = "harbour 1"): void {
  queue.value = [
    {
      entry: {
        ...{ key: KEY, accountId: "account", fingerprint: null, name: "harbour_1.mp4", link: LINK },
        ...{ size: 0, contentType: "", draft: { ...EMPTY_DRAFT, title }, playlistId: null },
        ...{ encrypted: false, alwaysEncode: false, position: 0, uploadId: null, videoId: null },
        ...{ isUploaded: false, publication: "draft" },
      },
      ...{ state: "waiting", source: null, error: null, isTransientError: false, canRetry: true },
      ...{ publishError: null, fieldErrors: {} },
    },
  ];
}

/** A server that reads the file: its responses to successive requests. */
function serve(created: Response, ...states: object[]): unknown[] {
  const sent: unknown[] = [];
  vi.stubGlobal("fetch", async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init);
    if (request.method === "POST") {
      sent.push(await request.json());
      return created;
    }
    return Response.json({ id: "u1", ...(states.length > 1 ? states.shift() : states[0]) });
  });
  return sent;
}

const link = { size: 100, bytes: 0, resumable: true, error: null };
const created = () =>
  Response.json(
    { id: "u1", videoId: "v1", filename: "Gulls_at_sea.mp4", contentType: "video/mp4", link },
    { status: 201 },
  );

test("a link is read by the server, and its row shows name, title, size and progress", async () => {
  enqueueLink();
  const sent = serve(
    created(),
    { state: "open", size: 100, link: { ...link, bytes: 40 } },
    { state: "completed", size: 100, link: { ...link, bytes: 100 } },
  );
  const stored = vi.fn<() => void>();
  const followed = followLink(KEY, new AbortController().signal, stored);
  await vi.waitFor(() => expect(itemOf(KEY)?.state).toBe("reading"));
  showTransfers();
  expect(transfers.value.get(KEY)?.sent).toBe(40);
  expect(itemOf(KEY)?.entry).toMatchObject({
    ...{ uploadId: "u1", videoId: "v1", name: "Gulls_at_sea.mp4", size: 100 },
    draft: { title: "Gulls at sea" },
  });
  expect(stored).not.toHaveBeenCalled();
  await vi.runAllTimersAsync();
  await followed;
  expect(stored).toHaveBeenCalledOnce();
  expect(sent).toMatchObject([{ url: LINK, visibility: "private" }]);
});

test("a typed title is kept, and a link that fails later shows the reason and can be retried", async () => {
  enqueueLink("My gulls");
  const error = { code: "link_changed", detail: "The file behind the link changed." };
  serve(created(), { state: "aborted", size: 100, link: { ...link, error } });
  await followLink(KEY, new AbortController().signal, () => {});
  expect(itemOf(KEY)).toMatchObject({
    ...{ state: "failed", error: error.detail, canRetry: true },
    entry: { uploadId: null, draft: { title: "My gulls" } },
  });
});

test("a refused link shows the reason at once", async () => {
  enqueueLink();
  const problem = { code: "link_refused", detail: "Only https.", status: 422 };
  serve(Response.json(problem, { status: 422 }));
  await followLink(KEY, new AbortController().signal, () => {});
  expect(itemOf(KEY)).toMatchObject({ state: "failed", error: "Only https." });
});

test("links are distinguished from other text and give the file name", () => {
  expect(linksIn(` ${LINK}\n${LINK}\nnotes.txt ftp://a.org/b.mp4\r\nhttp://a.org/`)).toEqual({
    links: [LINK, "http://a.org/"],
    others: ["notes.txt", "ftp://a.org/b.mp4"],
  });
  expect(
    [LINK, "https://a.org/", "https://a.org/%E2%82%AC.mp4", "https://a.org/%ZZ"].map(nameOfLink),
  ).toEqual(["harbour_1.mp4", "a.org", "€.mp4", "%ZZ"]);
});
