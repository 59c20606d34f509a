import { z } from "zod";
import { Id, Language, Timestamp } from "./common.ts";
import { fileName } from "./text.ts";
import {
  Category,
  Description,
  MaturityRating,
  People,
  Tags,
  Title,
  VideoState,
  Visibility,
} from "./videos.ts";

/** SHA-256 in hex that a client makes of name, size and samples of a file, to recognise it when it is chosen again. */
export const Fingerprint = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in hex");

export const UploadCreate = z.strictObject({
  filename: fileName(255),
  /** Bytes. */
  size: z.int().nonnegative(),
  /** Shown in the list of open uploads. It is the client's own, and the server does not check it. */
  fingerprint: Fingerprint.optional(),
  contentType: z.string().max(100),
  title: Title.optional(),
  description: Description.optional(),
  category: Category.optional(),
  tags: Tags.optional(),
  people: People.optional(),
  language: Language.optional(),
  maturityRating: MaturityRating.optional(),
  visibility: Visibility.optional(),
  /** Store the segments encrypted; cannot be changed once the upload is complete. */
  encrypted: z.boolean().optional(),
  /** Encode the video even if the file is web-ready; cannot be changed once the upload is complete. */
  alwaysEncode: z.boolean().optional(),
});
export type UploadCreate = z.infer<typeof UploadCreate>;

/** A file that the server reads itself. Its size, type and usually its name are those that the link says. */
export const UploadFromUrl = UploadCreate.omit({
  filename: true,
  size: true,
  contentType: true,
  fingerprint: true,
}).extend({
  /** An https address of a public server that is readable without signing in. */
  url: z.string().min(1).max(2048),
  /** Replaces the name that the server gives the file. */
  filename: fileName(255).optional(),
});
export type UploadFromUrl = z.infer<typeof UploadFromUrl>;

/** How far the server is with a file that it reads from a link. */
export const UploadLink = z.object({
  /** Stored so far. */
  bytes: z.int(),
  /** Bytes of the file; null if its server does not send the size. */
  size: z.int().nullable(),
  /** Whether the server of the link supports ranges. If not, the file is read as one stream, within minutes. */
  resumable: z.boolean(),
  /** Why it could not be read; the upload is `aborted` then. */
  error: z.object({ code: z.string(), detail: z.string() }).nullable(),
});
export type UploadLink = z.infer<typeof UploadLink>;

export const UploadFromUrlCreated = z.object({
  id: Id,
  videoId: Id,
  filename: z.string(),
  contentType: z.string(),
  expiresAt: Timestamp,
  link: UploadLink,
});
export type UploadFromUrlCreated = z.infer<typeof UploadFromUrlCreated>;

/** Every part but the last has exactly `partSize` bytes: R2 requires equal parts. */
export const UploadCreated = z.object({
  id: Id,
  videoId: Id,
  partSize: z.int(),
  partCount: z.int(),
  expiresAt: Timestamp,
});
export type UploadCreated = z.infer<typeof UploadCreated>;

export const PartNumber = z.coerce.number().int().min(1).max(10_000);
export const PartUrlsRequest = z.strictObject({
  partNumbers: z
    .array(PartNumber)
    .min(1)
    .max(100)
    .refine((numbers) => new Set(numbers).size === numbers.length, "must not repeat a number"),
});
export type PartUrlsRequest = z.infer<typeof PartUrlsRequest>;
export const PartUrls = z.object({
  parts: z.array(
    z.object({
      partNumber: z.int(),
      url: z.string(),
      method: z.literal("PUT"),
      headers: z.record(z.string(), z.string()),
      expiresAt: Timestamp,
    }),
  ),
});
export type PartUrls = z.infer<typeof PartUrls>;

/** The `ETag` header of the storage's response, with or without quotes. */
const PartETag = z.string().regex(/^"?[\x21\x23-\x7e]{1,512}"?$/, "must be an ETag");
export const PartRecord = z.strictObject({ etag: PartETag });

/** ETags that the client has but did not record, or not yet; they replace recorded ones. */
export const UploadComplete = z.strictObject({
  parts: z
    .array(z.strictObject({ partNumber: PartNumber, etag: PartETag }))
    .max(10_000)
    .refine(
      (parts) => new Set(parts.map(({ partNumber }) => partNumber)).size === parts.length,
      "must not repeat a number",
    )
    .optional(),
});
export type UploadComplete = z.input<typeof UploadComplete>;

export const UploadState = z.enum(["open", "completed", "aborted", "expired"]);
export const Upload = z.object({
  id: Id,
  videoId: Id,
  filename: z.string(),
  size: z.int(),
  contentType: z.string(),
  partSize: z.int(),
  partCount: z.int(),
  state: UploadState,
  /** The parts that a client has recorded; none for a file that is read from a link. */
  parts: z.array(z.object({ partNumber: z.int(), etag: z.string() })),
  expiresAt: Timestamp,
  /** State of a file that the server reads from a link; null for one that a client sends. */
  link: UploadLink.nullable(),
});
export type Upload = z.infer<typeof Upload>;

/** An unfinished upload, as the list of them shows it. */
export const OpenUpload = z.object({
  id: Id,
  videoId: Id,
  filename: z.string(),
  size: z.int(),
  fingerprint: Fingerprint.nullable(),
  createdAt: Timestamp,
  expiresAt: Timestamp,
  /** Same as in `Upload`. */
  link: UploadLink.nullable(),
});
export type OpenUpload = z.infer<typeof OpenUpload>;

/** The remaining quota of an account, so that a client can refuse a file that does not fit at once. */
export const UploadRoom = z.object({
  /** Bytes that one file may have. */
  maxFileBytes: z.int(),
  /** Bytes that all files of the account may have together, and have with its open uploads. */
  quotaBytes: z.int(),
  usedBytes: z.int(),
  /** Audio files are accepted too. */
  audio: z.boolean(),
});
export type UploadRoom = z.infer<typeof UploadRoom>;

/** Every open upload, the newest first, and the room for more. */
export const OpenUploads = z.object({ items: z.array(OpenUpload), room: UploadRoom });
export type OpenUploads = z.infer<typeof OpenUploads>;

export const UploadCompleted = z.object({ videoId: Id, state: VideoState });
export type UploadCompleted = z.infer<typeof UploadCompleted>;
