import { createRoute } from "@hono/zod-openapi";
import { Beacon } from "../contract/beacons.ts";
import { recordBeacon } from "../services/beacons.ts";
import { admit, type MediaRequest } from "../media/admission.ts";
import { mediaCatalog } from "../services/media-catalog.ts";
import { body, createRouter } from "./router.ts";

export const beacons = createRouter().openapi(
  createRoute({
    operationId: "beacons.record",
    method: "post",
    path: "/v1/beacons",
    tags: ["Playback"],
    summary: "What a player tells of a playback",
    request: { body: body(Beacon) },
    responses: { 202: { description: "Taken" } },
  }),
  async (c) => {
    const beacon = c.req.valid("json");
    // What reaches a Worker carries `cf`; Hono's type of a request does not say so.
    const request = c.req.raw as MediaRequest;
    const delivery = { env: c.env, ctx: c.executionCtx, catalog: mediaCatalog(c.env) };
    const claims = await admit(request, beacon.token, delivery);
    await recordBeacon(c.env, claims, beacon);
    return c.body(null, 202);
  },
);
