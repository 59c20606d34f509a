/** The drawn pictures that a profile can have (web/components/avatar-picture.tsx). */
export const AVATARS = [
  "fox",
  "owl",
  "cat",
  "whale",
  "robot",
  "rocket",
  "moon",
  "cactus",
  "mushroom",
  "popcorn",
  "wave",
  "star",
] as const;
export type Avatar = (typeof AVATARS)[number];
