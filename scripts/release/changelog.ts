import type { Change } from "./commits.ts";

const UNRELEASED = "## [Unreleased]";
/** The order in which Keep a Changelog lists them. */
const GROUPS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

interface Unreleased {
  /** The file up to and including the heading. */
  before: string;
  notes: string;
  /** The released sections. */
  after: string;
}

function splitUnreleased(changelog: string): Unreleased {
  const start = changelog.indexOf(UNRELEASED);
  if (start < 0) throw new Error(`CHANGELOG.md has no "${UNRELEASED}" heading`);
  const end = start + UNRELEASED.length;
  const next = changelog.indexOf("\n## ", end);
  return {
    before: changelog.slice(0, end),
    notes: changelog.slice(end, next < 0 ? undefined : next).trim(),
    after: next < 0 ? "" : changelog.slice(next).trim(),
  };
}

/** The notes written by hand, by group; text above the first group has the name "". */
function readNotes(notes: string): Map<string, string> {
  const groups = new Map<string, string>();
  for (const part of notes.split(/^(?=### )/m)) {
    const [, name = "", text = ""] = /^(?:### (.*)\n?)?([^]*)$/.exec(part) ?? [];
    if (name || text.trim()) groups.set(name.trim(), text.trim());
  }
  return groups;
}

/** The text of a new section without its heading: the handwritten notes first, then the commits. */
export function sectionBody(changelog: string, changes: readonly Change[]): string {
  const groups = readNotes(splitUnreleased(changelog).notes);
  const names = new Set(["", ...GROUPS, ...groups.keys()]);
  return [...names]
    .map((name) => {
      const lines = changes.filter(({ group }) => group === name).map(({ text }) => `- ${text}`);
      const written = groups.get(name);
      // A continued list stays one list; any other text gets a blank line.
      const gap = written && lines.length > 0 && !/^[-*] .*$/m.test(lastBlock(written)) ? [""] : [];
      const text = [...(written ? [written] : []), ...gap, ...lines].join("\n");
      return name && text ? `### ${name}\n\n${text}` : text;
    })
    .filter((text) => text !== "")
    .join("\n\n");
}

const lastBlock = (text: string): string => text.split(/\n\s*\n/).at(-1) ?? "";

/**
 * Moves the notes under Unreleased into a new section with the commits, and leaves Unreleased empty on top.
 * @param date YYYY-MM-DD
 */
export function addSection(
  changelog: string,
  version: string,
  date: string,
  changes: readonly Change[],
): string {
  const { before, after } = splitUnreleased(changelog);
  const section = `## ${version} - ${date}\n\n${sectionBody(changelog, changes)}`;
  return `${[before, section, after].filter((part) => part !== "").join("\n\n")}\n`;
}
