import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Test files that take a minute or more, independent of their size, and those that mostly wait: for a cron or, at the end
 * of a run, for the videos of others. The first two start together: while one waits for its videos, the other transcodes
 * none.
 */
const LONGEST = [
  "tests/e2e/real-videos.test.ts",
  "tests/e2e/pages.test.ts",
  "tests/e2e/analytics.test.ts",
  "tests/e2e/killed-workerd.test.ts",
  "tests/e2e/wrangler-dev.test.ts",
  "tests/e2e/main-job.test.ts",
  "tests/e2e/upload.test.ts",
  "tests/e2e/smoke-test.test.ts",
];

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONGEST.findIndex((path) => moduleId.endsWith(path));
  return rank === -1 ? LONGEST.length : rank;
}

/** The default order of vitest, but with long files first, so that none of them runs alone at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const groupOf = ({ project }: TestSpecification) => project.config.sequence.groupOrder;
    return (await super.sort(files)).toSorted(
      (a, b) => groupOf(a) - groupOf(b) || rankOf(a) - rankOf(b),
    );
  }
}
