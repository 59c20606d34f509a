/** Languages of tracks to choose from, as BCP 47 tags. */
export const WATCHING_LANGUAGES = "ar de en es fr hi it ja ko nl pl pt ru sv tr uk zh".split(" ");
