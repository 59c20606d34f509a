import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { AUDIO_RULES } from "../support/conformance/apple/audio-rules.ts";
import { DELIVERY_RULES } from "../support/conformance/apple/delivery-rules.ts";
import { PLAYLIST_RULES } from "../support/conformance/apple/playlist-rules.ts";
import type { Rule } from "../support/conformance/apple/rule.ts";
import { type AppleStream, readAppleStream } from "../support/conformance/apple/stream.ts";
import { VIDEO_RULES } from "../support/conformance/apple/video-rules.ts";

/**
 * Rules that our streams do not follow, each with the decision that gives the reason. A rule that is followed must not
 * be here.
 */
const DECIDED: Record<string, string> = {
  "1.13": "473: key frames every 4 s",
  "2.19": "473: loudness is in the samples, not in a box",
  "5.10": "473: players refuse CODECS that they do not know",
  "6.2": "473: one frame per segment",
  "6.5": "473: the I-frames of the ladder",
  "7.5": "473: segments of 4 s",
  "7.6": "473: segments of 4 s",
  "9.10": "473: one variant of each size",
  "9.21": "473: the lowest variant is above 192 kb/s",
};

const RULES: Rule[] = [...VIDEO_RULES, ...AUDIO_RULES, ...PLAYLIST_RULES, ...DELIVERY_RULES];

const { folder, publication } = inject("video");
const rows: Record<string, string>[] = [];
let stream: AppleStream;
beforeAll(async () => {
  stream = await readAppleStream(join(folder, publication.videoId, "1"), publication);
});
afterAll(() => console.table(rows));

test("every rule is listed once", () => {
  const clauses = RULES.map(({ clause }) => clause);
  expect(clauses.filter((clause, index) => clauses.indexOf(clause) !== index)).toEqual([]);
  expect(clauses).toEqual(expect.arrayContaining(Object.keys(DECIDED)));
});

test.each(RULES.filter(({ faults }) => faults !== undefined))(
  "$clause ($level) $rule",
  ({ clause, level, rule, faults }) => {
    const found = faults!(stream);
    const decided = DECIDED[clause];
    rows.push({ clause, level, rule, result: decided ?? (found.length > 0 ? "broken" : "met") });
    if (decided === undefined) expect(found).toEqual([]);
    else expect(found).not.toEqual([]);
  },
);

test("rules that no script checks state a reason", () => {
  for (const { clause, level, rule, faults, unchecked } of RULES) {
    if (faults !== undefined) continue;
    expect(unchecked).toBeTruthy();
    rows.push({ clause, level, rule, result: unchecked! });
  }
});
