import "./avatar.css";

/** A creator's picture, or the first letter of their name. Decorative: the name is next to it. */
export function Avatar({ name, src, size }: { name: string; src: string | null; size: number }) {
  const box = { width: `${size}px`, height: `${size}px`, fontSize: `${size / 2}px` };
  return src ? (
    <img class="avatar" src={src} alt="" width={size} height={size} style={box} />
  ) : (
    <span class="avatar avatar-letter" style={box} aria-hidden="true">
      {Array.from(name.trim())[0]?.toUpperCase()}
    </span>
  );
}
