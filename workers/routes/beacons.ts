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
    await recordBeacon(c.env, { principal: c.var.principal, address }, claims, beacon);
    return c.body(null, 202);
  },
);
