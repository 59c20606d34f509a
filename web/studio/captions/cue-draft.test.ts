import fc from "fast-check";
import { expect, test } from "vitest";
import {
  addCue,
  changeCue,
  type DraftCue,
  draftOf,
  edgeWithin,
  fileOf,
  mergeCue,
  removeCue,
  shiftCues,
  splitCue,
  warningsOf,
} from "./cue-draft.ts";
import { forgetDraft, keepDraft, readDraft } from "./draft-store.ts";
import { historyOf, record, redo, undo } from "./edit-history.ts";
import { actionOfKey } from "./editor-keys.ts";
import { audioPlaylistOf, audioTrackOf, peaksOf } from "./waveform.ts";

const FILE = `WEBVTT

00:00:01.000 --> 00:00:03.000 align:start
Rock &amp; <i>roll</i>

00:00:04.000 --> 00:00:06.000
second line
`;

const cue = (key: number, start: number, end: number, text = "text"): DraftCue => ({
  ...{ key, start, end, text },
  settings: "",
});
const shown = (cues: readonly DraftCue[]) => cues.map(({ start, end, text }) => [start, end, text]);

test("a caption file is loaded for editing and written back unchanged", () => {
  const cues = draftOf(FILE);
  expect(cues[0]).toEqual({ ...cue(0, 1, 3, "Rock & <i>roll</i>"), settings: "align:start" });
  expect(fileOf(cues)).toBe(FILE);
  expect(fileOf(changeCue(cues, 1, { text: "a\n\n<script>b & c" }))).toContain("a\nb &amp; c");
  expect(fileOf(changeCue(cues, 1, { text: " " }))).not.toContain("00:00:04");
});

test("a caption is added in the gap, split at the cursor and merged again", () => {
  const { cues, key } = addCue(draftOf(FILE), 3.5);
  expect(cues.find((one) => one.key === key)).toMatchObject({ start: 3.5, end: 4 });
  const split = splitCue(draftOf(FILE), 1, "second".length);
  expect(shown(split).slice(1)).toEqual([
    [4, 5.091, "second"],
    [5.091, 6, "line"],
  ]);
  expect(shown(mergeCue(split, 1)).at(-1)).toEqual([4, 6, "second\nline"]);
  expect(removeCue(split, 1)).toHaveLength(2);
});

test("timing is shifted for all captions or from one on, and never to before the start", () => {
  const cues = [cue(0, 1, 2), cue(1, 3, 4), cue(2, 5, 6)];
  expect(shown(shiftCues(cues, 0.5, 1)).map(([start]) => start)).toEqual([1, 3.5, 5.5]);
  expect(shown(shiftCues(cues, -1.5, null)).map(([start, end]) => [start, end])).toEqual([
    [0, 0.5],
    [1.5, 2.5],
    [3.5, 4.5],
  ]);
});

test("captions that are hard to read, overlap or have no duration are reported", () => {
  const cues = [
    cue(0, 0, 2, "fine"),
    cue(1, 2, 5, "overlaps"),
    cue(2, 4, 5, "<b>twenty-one characters</b>!!"),
    cue(3, 6, 6),
    cue(4, 7, 8, " "),
  ];
  expect(Object.fromEntries(warningsOf(cues))).toEqual({
    1: { kind: "overlap" },
    2: { kind: "too-fast", speed: 23 },
    3: { kind: "no-length" },
    4: { kind: "no-text" },
  });
});

test("an edge can be dragged only within the video, and its caption keeps a minimum duration", () => {
  const one = cue(0, 2, 4);
  expect(edgeWithin(one, "start", -1, 60)).toEqual({ start: 0 });
  expect(edgeWithin(one, "start", 9, 60)).toEqual({ start: 3.9 });
  expect(edgeWithin(one, "end", 99, 60)).toEqual({ end: 60 });
  expect(edgeWithin(one, "end", 1, 60)).toEqual({ end: 2.1 });
});

test("edits keep the captions in order and their keys unique", () => {
  const edits = fc.array(
    fc.record({
      edit: fc.constantFrom("add", "split", "merge", "remove", "shift", "move"),
      at: fc.double({ min: 0, max: 60, noNaN: true }),
      which: fc.nat(20),
    }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(edits, (steps) => {
      let cues: readonly DraftCue[] = draftOf(FILE);
      for (const { edit, at, which } of steps) {
        const key = cues[which % Math.max(1, cues.length)]?.key ?? 0;
        if (edit === "add") ({ cues } = addCue(cues, at));
        if (edit === "split") cues = splitCue(cues, key, which % 5);
        if (edit === "merge") cues = mergeCue(cues, key);
        if (edit === "remove") cues = removeCue(cues, key);
        if (edit === "shift") cues = shiftCues(cues, at - 30, which % 2 ? key : null);
        if (edit === "move") cues = changeCue(cues, key, { start: at, end: at + 1 });
      }
      expect(new Set(cues.map(({ key }) => key)).size).toBe(cues.length);
      const starts = cues.map(({ start }) => start);
      expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    }),
  );
});

test("edits can be undone and redone, and typing counts as one step", () => {
  let history = historyOf("a");
  history = record(history, "ab", "text 1");
  history = record(history, "abc", "text 1");
  history = record(history, "x", null);
  expect(undo(history).now).toBe("abc");
  expect(undo(undo(history)).now).toBe("a");
  expect(redo(undo(undo(history))).now).toBe("abc");
  expect(record(undo(history), "y", null).future).toEqual([]);
  expect(undo(historyOf("a")).now).toBe("a");
});

test("the browser keeps a draft until it is saved, and drops an unreadable one", () => {
  const stored = new Map<string, string>();
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  };
  const track = { language: "en", kind: "forced" } as const;
  const draft = { base: null, cues: [cue(0, 1, 2)] };
  keepDraft("v", track, draft, storage);
  expect(readDraft("v", track, storage)).toEqual(draft);
  expect(readDraft("v", { ...track, kind: "subtitles" }, storage)).toBeNull();
  for (const key of stored.keys()) stored.set(key, '{"cues":[{"start":"1"}]}');
  expect(readDraft("v", track, storage)).toBeNull();
  forgetDraft("v", track, storage);
  expect(stored.size).toBe(0);
});

test("shortcuts use Control or Command", () => {
  const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
  expect(actionOfKey({ ...none, code: "KeyS", altKey: true })).toBe("split");
  expect(actionOfKey({ ...none, code: "KeyS", metaKey: true })).toBe("save");
  expect(actionOfKey({ ...none, code: "KeyZ", ctrlKey: true, shiftKey: true })).toBe("redo");
  expect(actionOfKey({ ...none, code: "KeyS" })).toBeUndefined();
});

test("the waveform is found in the playlists, but not in encrypted ones", () => {
  const multivariant =
    '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="aac",NAME="English",DEFAULT=YES,URI="audio-0.m3u8"\n';
  expect(audioPlaylistOf(multivariant)).toBe("audio-0.m3u8");
  const media =
    '#EXTM3U\n#EXT-X-MAP:URI="../a/init.mp4"\n#EXTINF:4.0,\n../a/00000.m4s\n#EXTINF:2.5,\n../a/00001.m4s\n';
  expect(audioTrackOf(media, "https://x.example/p1/audio-0.m3u8")).toEqual({
    init: "https://x.example/a/init.mp4",
    segments: [
      { url: "https://x.example/a/00000.m4s", start: 0, end: 4 },
      { url: "https://x.example/a/00001.m4s", start: 4, end: 6.5 },
    ],
  });
  expect(audioTrackOf(`#EXT-X-KEY:METHOD=AES-128\n${media}`, "https://x.example/")).toBeUndefined();
  const samples = Float32Array.from({ length: 200 }, (_, index) => (index === 150 ? -0.5 : 0.1));
  expect([...peaksOf([samples], 10_000)].map((peak) => Math.round(peak * 10))).toEqual([1, 5]);
});
