import type { RefObject } from "preact";
import { useLocation } from "preact-iso";
import { useEffect, useRef, useState } from "preact/hooks";

interface Disclosure {
  open: boolean;
  setOpen: (open: boolean) => void;
  /** Ref of the element around the button and its content. */
  root: RefObject<HTMLDivElement>;
  button: RefObject<HTMLButtonElement>;
}

/** Content behind a button: closed by Escape, by a click outside, and by navigation. */
export function useDisclosure(): Disclosure {
  const [open, setOpen] = useState(false);
  const { url } = useLocation();
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => setOpen(false), [url]);
  useEffect(() => {
    if (!open) return;
    function close(event: Event): void {
      if (event instanceof KeyboardEvent) {
        if (event.key !== "Escape") return;
        button.current?.focus();
      } else if (root.current?.contains(event.target as Node)) return;
      setOpen(false);
    }
    addEventListener("keydown", close);
    addEventListener("pointerdown", close);
    return () => {
      removeEventListener("keydown", close);
      removeEventListener("pointerdown", close);
    };
  }, [open]);
  return { open, setOpen, root, button };
}
