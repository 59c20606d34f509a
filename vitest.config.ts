import { globSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./tests/support/longest-first.ts";
import { localS3 } from "./tests/support/local-s3.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Of the simulated audience. */
    sessions: number;
  }
}

const TRANSCODER_TESTS = "containers/**/*.test.ts";
const TRANSCODER_SETUP = "./tests/support/transcoder/setup.ts";
/** Of tests that start processes of the product. */
const LOG_SETUP = "./tests/support/searched-log.setup.ts";
/** Tests of the transcoder that run ffmpeg. */
const FFMPEG_TESTS = globSync(TRANSCODER_TESTS).filter((path) =>
  /support\/transcoder\/(bench|pipeline)\.ts"/.test(readFileSync(path, "utf8")),
);

/**
 * Tests of the Worker that need an isolate of their own: those of search need an index without other videos, those of
 * revocations and signing keys an isolate without cached ones, those of metrics one that counts nothing else, those of lost
 * messages queues without the messages of others, and one measures time. The others share one isolate and one database.
 * They take a third of the time that way, because an isolate needs two seconds to load all modules.
 */
const WORKER_TESTS_ALONE = [
  "workers/{db,services}/search/**/*.test.ts",
  "workers/db/revocations.test.ts",
  "workers/domain/captions/cues.test.ts",
  "workers/jobs/**/{check-alerts,collect,downloads,keep-metrics,lost-messages,purge,reconcile,sweep,task-archive,rebuild-search,repair-index,restore-drill}.test.ts",
  "workers/media/delivery-*.test.ts",
  "workers/routes/{encryption,playback,playback-rules,signing-keys,streams,suspended-viewers}.test.ts",
];

/** Thousands of generated requests: not part of `npm run test:fast`. */
const WORKER_FUZZ_TESTS = "workers/fuzz-*.test.ts";

export const worker = {
  plugins: [
    cloudflareTest(async () => ({
      wrangler: { configPath: "./wrangler.toml" },
      miniflare: {
        outboundService: localS3,
        // Search indexes of one, two and four shards, for workers/db/search/shards.test.ts.
        d1Databases: [
          "SHARD_10",
          "SHARD_20",
          "SHARD_21",
          "SHARD_40",
          "SHARD_41",
          "SHARD_42",
          "SHARD_43",
        ],
        // As in wrangler.toml, but without a second until a batch is full: tests wait for single messages.
        queueConsumers: {
          events: {
            maxBatchSize: 50,
            maxBatchTimeout: 0,
            maxRetries: 5,
            deadLetterQueue: "events-dead",
          },
        },
        // For backups, which a deployment may bind.
        r2Buckets: ["SPARE_BUCKET"],
        // The tests send ten thousand requests per minute from one address; the rate limit has its own test.
        ratelimits: {
          READ_LIMIT: { namespace_id: "1001", simple: { limit: 1_000_000, period: 60 } },
          ADDRESS_READ_LIMIT: {
            namespace_id: "1004",
            simple: { limit: 1_000_000, period: 60 },
          },
          WRITE_LIMIT: { namespace_id: "1002", simple: { limit: 1_000_000, period: 60 } },
        },
        bindings: {
          S3_ACCESS_KEY_ID: "kinora-local",
          S3_SECRET_ACCESS_KEY: "kinora-local-secret",
          PLAYBACK_TOKEN_SECRETS:
            "only-for-tests-new-only-for-tests-new,only-for-tests-old-only-for-tests-old",
          CONTENT_KEY_SECRETS:
            "only-for-tests-new-only-for-tests-new,only-for-tests-old-only-for-tests-old",
          BETTER_AUTH_SECRET: "only-for-tests-only-for-tests-only-for-tests",
          AUTH_ATTEMPTS_PER_MINUTE: "1000",
          DEV_MAIL: "true",
          VAPID_KEYS:
            "BLm4jdzoIERMLl8raLLGmXk0agdUauVHVe0aZbM1sgwSqp7q7iazjvaZZ65bCakBIPvl0GuH1H0iUUwCmb5rgEo.D6YAeXIKKCM1RIj0LYgHHB5RbQRWzzuIgyAgWB4IYRA",
          SIGNUP: "open",
          // The values of wrangler.toml, so that those of .dev.vars do not reach the tests.
          SIGNUP_ROLE: "viewer",
          PUBLIC_ORIGIN: "http://localhost:8788",
          S3_ENDPOINT: "http://localhost:8787/cdn-cgi/local/r2/s3",
          UPLOAD_LINKS: "public",
          SLOTS_PER_RUNNER: "1",
          TASK_SECRET: "only-for-tests-only-for-tests-only-for-tests",
          // Local, so that a wake message of a test starts no container.
          LOCAL_RUNNER_SECRET: "only-for-tests-only-for-tests-only-for-tests",
          MAX_RUNNERS: "2",
          CATALOG_MIGRATIONS: await readD1Migrations("./migrations/catalog"),
          SEARCH_MIGRATIONS: await readD1Migrations("./migrations/search"),
          METRICS_MIGRATIONS: await readD1Migrations("./migrations/metrics"),
        },
      },
    })),
  ],
  test: {
    setupFiles: ["./tests/support/worker/setup.ts"],
    // Some run a whole transcode through D1, R2 and the queues, on busy computers.
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // Of the simulated audience.
    provide: { sessions: 1000 },
  },
};

/** One project per runtime and need. Those with real players and encoders, which mostly wait, come after the others. */
export default defineConfig({
  test: {
    // Three at once on two cores: many tests wait for a process, a timer or storage.
    maxWorkers: Math.max(3, availableParallelism()),
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        ...worker,
        test: {
          ...worker.test,
          name: "workers",
          include: ["workers/**/*.test.ts"],
          exclude: [...WORKER_TESTS_ALONE, WORKER_FUZZ_TESTS],
          isolate: false,
        },
      },
      {
        ...worker,
        test: { ...worker.test, name: "fuzz", include: [WORKER_FUZZ_TESTS], isolate: false },
      },
      {
        ...worker,
        test: { ...worker.test, name: "workers-alone", include: WORKER_TESTS_ALONE },
      },
      {
        test: {
          name: "containers",
          include: [TRANSCODER_TESTS],
          exclude: FFMPEG_TESTS,
          setupFiles: TRANSCODER_SETUP,
          isolate: false,
        },
      },
      {
        test: {
          name: "ffmpeg",
          include: FFMPEG_TESTS,
          globalSetup: "./tests/support/transcoder/capabilities.setup.ts",
          setupFiles: TRANSCODER_SETUP,
          isolate: false,
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: "web",
          include: [
            "web/**/*.test.{ts,tsx}",
            "scripts/**/*.test.ts",
            "tests/{races,support}/**/*.test.ts",
          ],
          setupFiles: "./web/i18n/english.setup.ts",
          // To start a process and to load the catalogues takes longer than most of these files.
          isolate: false,
          // Scripts start processes.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 50_000 } },
        },
      },
      {
        // The container image, where it can be built and run. It waits for its packages most of the time.
        test: {
          name: "image",
          include: ["tests/image/**/*.test.ts"],
          setupFiles: LOG_SETUP,
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
      {
        // One video from the real transcoder, checked with ffprobe, hls-parser, shaka-packager and two players.
        test: {
          name: "conformance",
          include: ["tests/conformance/**/*.test.ts"],
          globalSetup: "./tests/support/conformance/video.setup.ts",
          setupFiles: TRANSCODER_SETUP,
          sequence: { groupOrder: 1 },
          // Players beside each other, which mostly wait.
          maxConcurrency: 3,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          expect: { poll: { timeout: 120_000 } },
        },
      },
      {
        // A real browser against the running product, which the files share.
        test: {
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          globalSetup: "./tests/support/product/stack.setup.ts",
          setupFiles: LOG_SETUP,
          sequence: { groupOrder: 1 },
          // Playwright and the contract take a second to load.
          isolate: false,
          testTimeout: 900_000,
          hookTimeout: 900_000,
          expect: { poll: { timeout: 120_000 } },
        },
      },
    ],
  },
});
