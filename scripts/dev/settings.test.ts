import { expect, test } from "vitest";
import { readSettings } from "./settings.ts";

test("without given ports, each runner gets the next one that the Worker and the site do not use", () => {
  expect(readSettings({}).transcoderPorts).toEqual([8790]);
  expect(readSettings({ KINORA_RUNNERS: "2", KINORA_SITE_PORT: "8791" }).transcoderPorts).toEqual([
    8790, 8792,
  ]);
});

test("a port that two processes would share is refused", () => {
  expect(() => readSettings({ KINORA_TRANSCODER_PORTS: "8790,8788" })).toThrow(
    "Port 8788 is given to two processes",
  );
  expect(() => readSettings({ KINORA_WORKER_PORT: "8788" })).toThrow("Port 8788");
});

test("a list of ports is either fully valid or refused", () => {
  expect(readSettings({ KINORA_TRANSCODER_PORTS: "9001, 9002" }).transcoderPorts).toEqual([
    9001, 9002,
  ]);
  expect(() => readSettings({ KINORA_TRANSCODER_PORTS: "9001,," })).toThrow(
    "KINORA_TRANSCODER_PORTS is",
  );
});
