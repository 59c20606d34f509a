import { expect, test } from "vitest";
import { addSection } from "./changelog.ts";
import type { Change } from "./commits.ts";

const change = (group: Change["group"], text: string): Change => ({
  group,
  text,
  isBreaking: false,
});

test("notes and commits become a section, and Unreleased stays on top", () => {
  const before = `# Changelog

Words.

## [Unreleased]

An introduction.

### Changed

A table.

| a | b |
| - | - |

### Security

- A hole is closed.

## 0.1.0 - 2026-01-01

The first.
`;
  const changes = [
    change("Fixed", "a fault"),
    change("Added", "a page"),
    change("Changed", "a name"),
    change("Added", "a button"),
  ];
  expect(addSection(before, "0.2.0", "2026-02-02", changes)).toBe(`# Changelog

Words.

## [Unreleased]

## 0.2.0 - 2026-02-02

An introduction.

### Added

- a page
- a button

### Changed

A table.

| a | b |
| - | - |

- a name

### Fixed

- a fault

### Security

- A hole is closed.

## 0.1.0 - 2026-01-01

The first.
`);
});

test("a list written by hand is continued with the commits", () => {
  const before = "## [Unreleased]\n\n### Fixed\n\n- One\n";
  expect(addSection(before, "1.0.0", "2026-02-02", [change("Fixed", "two")])).toBe(
    "## [Unreleased]\n\n## 1.0.0 - 2026-02-02\n\n### Fixed\n\n- One\n- two\n",
  );
});

test("a changelog without the heading is refused", () => {
  expect(() => addSection("# Changelog\n", "1.0.0", "2026-02-02", [])).toThrow("Unreleased");
});
