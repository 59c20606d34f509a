import { expect, test } from "vitest";
import { isPushEndpoint } from "./push-endpoint.ts";

test.each([
  "https://fcm.googleapis.com/fcm/send/abc:def",
  "https://fcm.googleapis.com:443/wp/abc",
  "https://updates.push.services.mozilla.com/wpush/v2/abc",
  "https://wns2-par02p.notify.windows.com/w/?token=abc",
  "https://web.push.apple.com/abc",
])("%s belongs to a push service", (endpoint) => {
  expect(isPushEndpoint(endpoint)).toBe(true);
});

test.each([
  "http://fcm.googleapis.com/fcm/send/abc",
  "https://fcm.googleapis.com:8443/fcm/send/abc",
  "https://fcm.googleapis.com@10.0.0.1/",
  "https://user:pass@fcm.googleapis.com/",
  "https://fcm.googleapis.com.evil.example/",
  "https://evil.example/fcm.googleapis.com",
  "https://evilnotify.windows.com/",
  "https://a.b.push.apple.com/",
  "https://127.0.0.1/",
  "https://[::1]/",
  "https://localhost/",
  "https://metadata.google.internal/",
  "not a url",
])("%s does not belong to a push service", (endpoint) => {
  expect(isPushEndpoint(endpoint)).toBe(false);
});
