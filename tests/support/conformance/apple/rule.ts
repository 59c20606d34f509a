import type { AppleStream } from "./stream.ts";

/**
 * A rule of Apple's "HTTP Live Streaming (HLS) authoring specification for Apple devices", in the numbering of its
 * revision of 2023-08-15; rules with a letter after the number are amendments for one platform. The texts are ours.
 */
export interface Rule {
  clause: string;
  level: "MUST" | "SHOULD" | "MAY";
  rule: string;
  /** What is wrong with the stream, one line per fault; empty if it follows the rule. */
  faults?: (stream: AppleStream) => string[];
  /** Why no script checks the rule here. */
  unchecked?: string;
}

type Faults = NonNullable<Rule["faults"]>;

const row =
  (level: Rule["level"]) =>
  (clause: string, rule: string, check: Faults | string): Rule => ({
    clause,
    level,
    rule,
    ...(typeof check === "string" ? { unchecked: check } : { faults: check }),
  });
export const must = row("MUST");
export const should = row("SHOULD");
export const may = row("MAY");

/** Reasons that many rules share. */
export const NO_SUCH = {
  hdr: "not applicable: every rendition is SDR in H.264, VP9 or AV1",
  live: "not applicable: no live streams",
  audio: "not applicable: audio is AAC in mono or stereo",
  description: "not applicable: no audio descriptions are marked",
  ads: "not applicable: nothing is inserted",
  fairPlay: "not applicable: no FairPlay, see docs/encryption.md",
  lowLatency: "not applicable: no Low-Latency HLS",
  stereo: "not applicable: no stereoscopic video",
} as const;
export const MAY_ONLY = "permits something, asks for nothing";

/** Returns the fault if the condition does not hold. */
export const unless = (condition: boolean, fault: string): string[] => (condition ? [] : [fault]);

/** Returns the faults of all items, each with the item's name. */
export function each<T>(
  items: readonly T[],
  name: (item: T) => string,
  isRight: (item: T) => boolean,
): string[] {
  return items.filter((item) => !isRight(item)).map(name);
}
