import { createRoute } from "@hono/zod-openapi";
import { Beacon } from "../contract/beacons.ts";
import { audienceReportOf } from "../domain/audience/audience-report.ts";
import { browserOf, deviceOf } from "../domain/viewer-device.ts";
import { recordBeacon } from "../services/beacons.ts";
import { recordQuality } from "../services/quality.ts";
import { admit, type MediaRequest } from "../media/admission.ts";
import { mediaCatalog } from "../services/media-catalog.ts";
import { addressKey } from "./limits.ts";
import { body, createRouter } from "./router.ts";

const header = ({ headers }: Pick<MediaRequest, "headers">, name: string): string =>
  headers.get(name) ?? "";

/** The labels of a report's sender: nothing that identifies a viewer. */
function viewerOf(request: MediaRequest, limitKey: string) {
  return {
    limitKey,
    device: deviceOf(header(request, "user-agent")),
    browser: browserOf(header(request, "user-agent")),
    country: request.cf?.country ?? "XX",
    isUnwanted: header(request, "dnt") === "1" || header(request, "sec-gpc") === "1",
  };
}

export const beacons = createRouter().openapi(
  createRoute({
    operationId: "beacons.record",
    method: "post",
    path: "/v1/beacons",
    tags: ["Playback"],
    summary: "Report how a playback is going",
    description:
      "Quality numbers are stored as sums over all viewers, and watched parts as sums over the video's viewers. Neither is stored for browsers that send `DNT: 1` or `Sec-GPC: 1`. Quality numbers are also ignored beyond thirty reports per minute from one address, and watched parts if the playback is not a view or cannot have watched that much.",
    request: { body: body(Beacon) },
    responses: { 202: { description: "Recorded" } },
  }),
  async (c) => {
    const beacon = c.req.valid("json");
    // Requests to a Worker have `cf`, which the type of Hono's request lacks.
    const request = c.req.raw as MediaRequest;
    const delivery = { env: c.env, ctx: c.executionCtx, catalog: mediaCatalog(c.env) };
    const claims = await admit(request, beacon.token, delivery);
    const address = c.req.header("cf-connecting-ip") ?? "";
    const viewer = viewerOf(request, addressKey(address));
    const report = viewer.isUnwanted ? null : audienceReportOf(beacon, viewer);
    await recordBeacon(c.env, { principal: c.var.principal, address }, claims, beacon, report);
    if (beacon.quality && !claims.images) await recordQuality(c.env, viewer, beacon.quality);
    return c.body(null, 202);
  },
);
