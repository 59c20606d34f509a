import { z } from "zod";

export const SCOPES = [
  "videos:read",
  "videos:write",
  "uploads:write",
  "search:read",
  "playback:token",
  "history:read",
  "history:write",
  "admin",
] as const;
export const Scope = z.enum(SCOPES);
export type Scope = z.infer<typeof Scope>;

export const ROLES = ["viewer", "creator", "admin"] as const;
export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;
