import { createRoute } from "@hono/zod-openapi";
import { Beacon } from "../contract/beacons.ts";
import { recordBeacon } from "../services/beacons.ts";
import { admit, type MediaRequest } from "../media/admission.ts";
import { mediaCatalog } from "../services/media-catalog.ts";
import { relayOutbox } from "../services/outbox.ts";
import { viewerHash } from "../services/viewer-hash.ts";
import { body, createRouter } from "./router.ts";

export const beacons = createRouter().openapi(
  createRoute({
    operationId: "beacons.record",
    method: "post",
    path: "/v1/beacons",
    tags: ["Playback"],
    summary: "Report how a playback is going",
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
    const who = await viewerHash(c.env, c.var.principal, address);
    await recordBeacon(c.env, who, claims, beacon);
    c.executionCtx.waitUntil(relayOutbox(c.env));
    return c.body(null, 202);
  },
);
