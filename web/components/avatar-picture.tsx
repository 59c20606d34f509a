import type { Avatar } from "../../workers/contract/avatars.ts";

/** Ink on one colour each, like everything that is drawn here. `fill` paths are ink, `line` paths are strokes. */
interface Drawing {
  ground: string;
  fill?: string;
  line?: string;
}

const INK = "#12130f";

/** Coordinates in a square of 48. */
const DRAWINGS: Record<Avatar, Drawing> = {
  fox: {
    ground: "#ff7a45",
    line: "M8 10 16 18h16l8-8v16L24 40 8 26ZM8 26l16 4 16-4",
    fill: "M17 22h3v4h-3ZM28 22h3v4h-3ZM21 33h6l-3 4Z",
  },
  owl: {
    ground: "#c9a26b",
    line: "M11 9 17 13h14l6-4v20a13 11 0 0 1-26 0ZM18 15a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM30 15a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM18 32l3 3M24 32l3 3M30 32l-1 3",
    fill: "M16.5 19h3v3h-3ZM28.5 19h3v3h-3ZM22 25h4l-2 4Z",
  },
  cat: {
    ground: "#ffd166",
    line: "M10 10l8 6h12l8-6v18a14 11 0 0 1-28 0ZM3 26l9 1M3 32l9-2M45 26l-9 1M45 32l-9-2M24 29v3l-4 2M24 32l4 2",
    fill: "M16 21h4v4h-4ZM28 21h4v4h-4ZM21.5 27h5l-2.5 3Z",
  },
  whale: {
    ground: "#6cc3d5",
    line: "M5 24h23a11 9 0 0 1-3 14H16A11 10 0 0 1 5 24ZM28 30c6 0 8-3 8-8M36 22l-6-5M36 22l7-5M14 19c0-5-3-6-5-6M14 19c0-5 3-6 5-6",
    fill: "M11 28h3v3h-3Z",
  },
  robot: {
    ground: "#b8c4cc",
    line: "M11 16h26v20H11ZM24 16V8M5 22v8M43 22v8M17 30h14",
    fill: "M22 5h4v4h-4ZM16 21h5v5h-5ZM27 21h5v5h-5Z",
  },
  rocket: {
    ground: "#9b8cff",
    line: "M24 5c7 6 8 15 6 25H18C16 20 17 11 24 5ZM18 22l-7 8v6l8-4M30 22l7 8v6l-8-4M20 36l4 7 4-7",
    fill: "M21 15h6v6h-6Z",
  },
  moon: {
    ground: "#5b6bd6",
    line: "M33 31A15 15 0 0 1 20 8a16 16 0 1 0 13 23ZM34 10v6M31 13h6M39 21v4M37 23h4",
  },
  cactus: {
    ground: "#7fcf8a",
    line: "M20 41V11a4 4 0 0 1 8 0v30M20 30h-5a5 5 0 0 1-5-5v-5M28 26h5a5 5 0 0 0 5-5v-4M12 41h24M24 15v3M24 23v3M24 31v3",
  },
  mushroom: {
    ground: "#f28aa0",
    line: "M6 26a18 17 0 0 1 36 0ZM18 26v11a6 4 0 0 0 12 0V26",
    fill: "M15 17h4v4h-4ZM24 13h4v4h-4ZM31 19h4v4h-4Z",
  },
  popcorn: {
    ground: "#f3e3b3",
    line: "M11 21h26l-4 22H15ZM20 21l1 22M28 21l-1 22M11 21a5 5 0 0 1 3-8 6 6 0 0 1 10-4 6 6 0 0 1 10 4 5 5 0 0 1 3 8",
  },
  wave: {
    ground: "#4fb3a5",
    line: "M4 20c5-6 9-6 13 0s8 6 13 0 9-6 14 0M4 31c5-6 9-6 13 0s8 6 13 0 9-6 14 0",
  },
  star: {
    ground: "#ffb703",
    line: "M24 6l5.5 12 12.5 1.5-9.5 8.5 2.5 13L24 34.5 13 41l2.5-13L6 19.5 18.5 18Z",
  },
};

/** The picture of a profile. Decorative: its name is next to it. */
export function AvatarPicture({ avatar, size }: { avatar: Avatar; size: number }) {
  const { ground, fill, line } = DRAWINGS[avatar];
  return (
    <svg
      class="profile-avatar"
      width={size}
      height={size}
      viewBox="0 0 48 48"
      aria-hidden="true"
      focusable="false"
    >
      <path d="M0 0h48v48H0Z" fill={ground} />
      {line && (
        <path d={line} fill="none" stroke={INK} stroke-width="2.5" stroke-linejoin="round" />
      )}
      {fill && <path d={fill} fill={INK} />}
    </svg>
  );
}
