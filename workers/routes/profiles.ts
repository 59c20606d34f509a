import { createRoute, z } from "@hono/zod-openapi";
import {
  ActiveProfile,
  PinChange,
  PinHeader,
  ProfileCreate,
  ProfileList,
  ProfilePatch,
} from "../contract/profiles.ts";
import {
  changePin,
  addProfile,
  removeProfile,
  listProfiles,
  openProfile,
  editProfile,
} from "../services/profiles.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Profiles"];
const PROFILE_PATH = "/v1/me/profiles/{id}";
const params = z.object({ id: z.string().min(1).max(64) });
const headers = PinHeader;

export const profiles = createRouter()
  .openapi(
    createRoute({
      operationId: "profiles.list",
      method: "get",
      path: "/v1/me/profiles",
      tags,
      summary: "List the profiles of your account",
      responses: { 200: json(ProfileList, "The profiles, and the profile of this session") },
    }),
    async (c) => c.json(await listProfiles(c.env, c.var.principal), 200),
  )
  .openapi(
    createRoute({
      operationId: "profiles.open",
      method: "put",
      path: "/v1/me/active-profile",
      tags,
      summary: "Switch this device to a profile",
      description:
        "Needs the account's PIN in the header `Kinora-Pin` for a locked profile, and for one with a higher limit than the current profile. Existing access tokens of this session may show lists of the previous profile for up to half a minute; they play nothing that the new profile may not.",
      request: { headers, body: body(ActiveProfile) },
      responses: { 204: { description: "The session uses the profile" } },
    }),
    async (c) => {
      const { id } = c.req.valid("json");
      await openProfile(c.env, c.var.principal, id, c.req.valid("header")["kinora-pin"]);
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "profiles.create",
      method: "post",
      path: "/v1/me/profiles",
      tags,
      summary: "Create a profile",
      request: { headers, body: body(ProfileCreate) },
      responses: { 201: json(z.object({ id: z.string() }), "The id of the profile") },
    }),
    async (c) => {
      const pin = c.req.valid("header")["kinora-pin"];
      return c.json(await addProfile(c.env, c.var.principal, c.req.valid("json"), pin), 201);
    },
  )
  .openapi(
    createRoute({
      operationId: "profiles.update",
      method: "patch",
      path: PROFILE_PATH,
      tags,
      summary: "Change a profile",
      request: { headers, params, body: body(ProfilePatch) },
      responses: { 204: { description: "Changed, on all devices that have it open" } },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const pin = c.req.valid("header")["kinora-pin"];
      await editProfile(c.env, c.var.principal, id, c.req.valid("json"), pin);
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "profiles.delete",
      method: "delete",
      path: PROFILE_PATH,
      tags,
      summary: "Delete a profile with its history and lists",
      request: { headers, params },
      responses: { 204: { description: "Deleted" } },
    }),
    async (c) => {
      const pin = c.req.valid("header")["kinora-pin"];
      await removeProfile(c.env, c.var.principal, c.req.valid("param").id, pin);
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "profiles.set-pin",
      method: "put",
      path: "/v1/me/profiles-pin",
      tags,
      summary: "Set, change or remove the PIN of your account",
      description:
        "Needs the current PIN in the header `Kinora-Pin`, except in a session that is less than ten minutes old and has not opened a profile.",
      request: { headers, body: body(PinChange) },
      responses: { 204: { description: "Set" } },
    }),
    async (c) => {
      const pin = c.req.valid("header")["kinora-pin"];
      await changePin(c.env, c.var.principal, c.req.valid("json").pin, pin);
      return c.body(null, 204);
    },
  );
