import { z } from "zod";

/** The codec for newer devices, besides H.264; `av1` becomes VP9 where ffmpeg has no SVT-AV1. */
export const SecondCodec = z.enum(["none", "av1", "vp9"]);
export type SecondCodec = z.infer<typeof SecondCodec>;
