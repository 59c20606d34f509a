import { CommitParser } from "conventional-commits-parser";

/** How far a release moves the version. */
export type Bump = "patch" | "minor" | "major";

/** A line of the changelog. */
export interface Change {
  group: "Added" | "Changed" | "Fixed";
  text: string;
  isBreaking: boolean;
}

/**
 * Types of commits that readers of a changelog look for; others (docs, test, ci, ...) count only when they are
 * breaking.
 */
const GROUPS: Readonly<Record<string, Change["group"]>> = {
  feat: "Added",
  fix: "Fixed",
  perf: "Changed",
  revert: "Changed",
};

const parser = new CommitParser({
  headerPattern: /^(\w+)(?:\(([^)]*)\))?!?: (.+)$/,
  headerCorrespondence: ["type", "scope", "subject"],
  breakingHeaderPattern: /^(\w+)(?:\(([^)]*)\))?!: (.+)$/,
  noteKeywords: ["BREAKING CHANGE", "BREAKING-CHANGE"],
});

/** @param message the whole message of a commit @returns null when the changelog does not mention it */
export function readChange(message: string): Change | null {
  if (message.trim() === "") return null;
  const { type, scope, subject, notes } = parser.parse(message);
  if (!type || !subject) return null;
  const isBreaking = notes.length > 0;
  const group = isBreaking ? "Changed" : GROUPS[type];
  if (!group) return null;
  const area = scope ? `**${scope}**: ` : "";
  const details = notes
    .map(({ text }) => text.replaceAll(/\s+/g, " ").trim())
    .filter((text) => text !== subject);
  const text = [`${area}${subject}`, ...details].join(". ");
  return { group, text: isBreaking ? `Breaking: ${text}` : text, isBreaking };
}

/** Below 1.0.0 a breaking change moves the minor version, as Semantic Versioning leaves open. */
export function bumpOf(changes: readonly Change[], current: string): Bump {
  if (changes.some(({ isBreaking }) => isBreaking))
    return current.startsWith("0.") ? "minor" : "major";
  return changes.some(({ group }) => group === "Added") ? "minor" : "patch";
}

/**
 * @param wanted a bump, or the version itself
 * @throws Error when `wanted` is neither, or not above `current`
 */
export function nextVersion(current: string, wanted: string): string {
  const [major = 0, minor = 0, patch = 0] = current.split(".").map(Number);
  if (wanted === "major") return `${major + 1}.0.0`;
  if (wanted === "minor") return `${major}.${minor + 1}.0`;
  if (wanted === "patch") return `${major}.${minor}.${patch + 1}`;
  if (!/^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}$/.test(wanted))
    throw new Error(`"${wanted}" is no version: say patch, minor, major or x.y.z`);
  const [a = 0, b = 0, c = 0] = wanted.split(".").map(Number);
  if ((a - major || b - minor || c - patch) <= 0)
    throw new Error(`${wanted} is not above ${current}, the current version`);
  return wanted;
}
