import { expect, test } from "vitest";
import { secretsInLog } from "./secrets-in-log.ts";

const line = (field: string) =>
  JSON.stringify({ severity: "error", event: "request.failed", error: field });

test.each([
  ["a JSON Web Token", "/media/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ2aWRlbyJ9.c2lnbmF0dXJl/master.m3u8"],
  ["a token of Kinora", "kin_Zm9vYmFyYmF6Zm9vYmFyYmF6"],
  ["a bearer token", "authorization: Bearer abcdefghijklmnop"],
  ["a signature of a storage URL", "https://r2.example/a?X-Amz-Signature=00ff"],
  ["a one-time token in a URL", "/unsubscribe?token=abcdefghij"],
  ["an e-mail address", "ada.quay+kinora@mail.example.com is taken"],
])("%s in a log line is found", (name, field) => {
  expect(secretsInLog(`[site] ${line(field)}\nready`)).toEqual([`${name}: ${line(field)}`]);
});

test("other lines are ignored, and so are those that stand for mail on a developer's machine", () => {
  const mail = JSON.stringify({ severity: "info", event: "mail.not-sent", to: "ada@example.com" });
  const plain = line("GET /v1/videos/abc does not exist.");
  expect(secretsInLog(`${mail}\n${plain}\nada@example.com signed in`)).toEqual([]);
});
