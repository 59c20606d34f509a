import { signal } from "@preact/signals";

/** Percent of the upload under way, for the header; null when there is none. Free of Uppy, which loads late. */
export const uploadProgress = signal<number | null>(null);
