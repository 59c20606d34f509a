import fc from "fast-check";
import { scripts } from "./references.ts";
import type { Trap } from "./trap.ts";

const SEED = 20_261_129;

/** How a file is damaged. Positions are shares of its length, lengths are in bytes. */
export type Mutation =
  | { kind: "cut"; at: number }
  /** @property head whether only the first kilobytes are damaged */
  | { kind: "flip"; head: boolean; bits: number[] }
  | { kind: "zero"; at: number; length: number }
  | { kind: "move"; at: number; to: number; length: number }
  | { kind: "script"; at: number; script: number };

const HEAD_BYTES = 4096;
/** All positions are equally likely. */
const Share = fc.noBias(fc.integer({ min: 0, max: 9999 })).map((position) => position / 10_000);

/** Truncated, bits flipped, or a range zeroed, copied elsewhere, or overwritten by a script. */
const MUTATIONS: readonly fc.Arbitrary<Mutation>[] = [
  fc.record({ kind: fc.constant("cut" as const), at: Share }),
  fc.record({
    kind: fc.constant("flip" as const),
    head: fc.boolean(),
    bits: fc.array(Share, { minLength: 1, maxLength: 40 }),
  }),
  fc.record({ kind: fc.constant("zero" as const), at: Share, length: fc.nat(20_000) }),
  fc.record({ kind: fc.constant("move" as const), at: Share, to: Share, length: fc.nat(4000) }),
  fc.record({ kind: fc.constant("script" as const), at: Share, script: fc.nat() }),
];

/** Any of these, all equally likely. */
export const AnyMutation = fc.oneof(...MUTATIONS);

export function mutate(file: Buffer, mutation: Mutation, trap: Trap): Buffer {
  const bytes = Buffer.from(file);
  const offset = (share: number): number => Math.floor(share * (bytes.length - 1));
  switch (mutation.kind) {
    case "cut":
      return bytes.subarray(0, offset(mutation.at));
    case "flip":
      for (const share of mutation.bits) {
        const at = mutation.head
          ? Math.floor(share * Math.min(HEAD_BYTES, bytes.length - 1))
          : offset(share);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      }
      return bytes;
    case "zero": {
      const start = offset(mutation.at);
      return bytes.fill(0, start, Math.min(bytes.length, start + mutation.length));
    }
    case "move": {
      const start = offset(mutation.at);
      bytes.copy(bytes, offset(mutation.to), start, start + mutation.length);
      return bytes;
    }
    case "script": {
      const all = Object.values(scripts(trap));
      bytes.write(all[mutation.script % all.length] ?? "", offset(mutation.at), "latin1");
      return bytes;
    }
  }
}

/** Damages each file this many times, each time differently; every run makes the same mutants. */
export function mutantsOf(files: readonly Buffer[], perFile: number, trap: Trap): Buffer[] {
  const count = files.length * perFile;
  const pools = MUTATIONS.map((one) => fc.sample(one, { numRuns: count, seed: SEED }));
  return Array.from({ length: count }, (_, index) => {
    const at = index % files.length;
    const round = (index - at) / files.length;
    const [file, mutation] = [files[at], pools[(at + round) % pools.length]?.[index]];
    if (file === undefined || mutation === undefined) throw new Error("no mutant");
    return mutate(file, mutation, trap);
  });
}
