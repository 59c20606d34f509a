import { expect, test } from "vitest";
import { routeGroup } from "./route-groups.ts";

test.for([
  ["/media/token/video/1/file", "media"],
  ["/v1/videos/abc/playback", "playback"],
  ["/v1/videos/abc", "api"],
  ["/v1/admin/reports", "admin"],
  ["/api/runner/claim", "runner"],
  ["/healthz", "other"],
])("%s is counted as %s", ([path, group]) => {
  expect(routeGroup(path!)).toBe(group);
});
