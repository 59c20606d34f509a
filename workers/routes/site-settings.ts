import { createRoute, z } from "@hono/zod-openapi";
import { LEGAL_PAGES } from "../contract/setting-names.ts";
import {
  LegalText,
  SettingsChange,
  SettingsState,
  SettingsVersionList,
  SiteInfo,
} from "../contract/site-settings.ts";
import {
  changeSettings,
  legalText,
  readSettings,
  settingsVersions,
  siteInfo,
  siteLogo,
} from "../services/site-settings.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Site"];
const LOGO_TYPES = ["image/png", "image/jpeg", "image/webp"];
/** Every page of the site requests it. */
const CACHED = { "cache-control": "public, max-age=60" };

export const siteSettings = createRouter()
  .openapi(
    createRoute({
      operationId: "site.get",
      method: "get",
      path: "/v1/site",
      tags,
      summary: "Get the name and the look of the site",
      responses: { 200: json(SiteInfo, "The public settings") },
    }),
    async (c) => c.json(await siteInfo(c.env), 200, CACHED),
  )
  .openapi(
    createRoute({
      operationId: "site.logo",
      method: "get",
      path: "/v1/site/logo",
      tags,
      summary: "Get the logo of the site",
      responses: {
        200: {
          description: "An image",
          content: Object.fromEntries(
            LOGO_TYPES.map((type) => [type, { schema: z.string().meta({ format: "binary" }) }]),
          ),
        },
      },
    }),
    async (c) => {
      const { type, bytes } = await siteLogo(c.env);
      // It has this type and no other, even if opened directly.
      return c.body(bytes, 200, {
        "content-type": type,
        "cache-control": "public, max-age=86400",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
      });
    },
  )
  .openapi(
    createRoute({
      operationId: "site.legal",
      method: "get",
      path: "/v1/site/{page}",
      tags,
      summary: "Get the imprint, the privacy notice or the terms of the site",
      request: { params: z.object({ page: z.enum(LEGAL_PAGES) }) },
      responses: { 200: json(LegalText, "Plain text") },
    }),
    async (c) => c.json({ text: await legalText(c.env, c.req.valid("param").page) }, 200, CACHED),
  )
  .openapi(
    createRoute({
      operationId: "settings.get",
      method: "get",
      path: "/v1/admin/settings",
      tags,
      summary: "Get the settings of the site",
      responses: { 200: json(SettingsState, "The settings, and the values of the variables") },
    }),
    async (c) => c.json(await readSettings(c.env), 200),
  )
  .openapi(
    createRoute({
      operationId: "settings.put",
      method: "put",
      path: "/v1/admin/settings",
      tags,
      summary: "Change settings of the site",
      description:
        "They apply everywhere within a minute. `version` is the version that was read: after a concurrent change the response is 412.",
      request: { body: body(SettingsChange) },
      responses: { 200: json(SettingsState, "The changed settings") },
    }),
    async (c) => c.json(await changeSettings(c.env, c.var.principal, c.req.valid("json")), 200),
  )
  .openapi(
    createRoute({
      operationId: "settings.versions",
      method: "get",
      path: "/v1/admin/settings/versions",
      tags,
      summary: "List the last versions of the settings",
      responses: { 200: json(SettingsVersionList, "The newest first") },
    }),
    async (c) => c.json({ items: await settingsVersions(c.env) }, 200),
  );
