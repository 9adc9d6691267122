/** Our own drawings on a 24 by 24 grid, in strokes of the text's colour. */
const drawings = {
  phone:
    "M6.6 3.5h2.1c.5 0 .9.3 1 .8l.8 3c.1.4 0 .8-.3 1.1L8.7 9.9a12.6 12.6 0 0 0 5.4 5.4l1.5-1.5c.3-.3.7-.4 1.1-.3l3 .8c.5.1.8.5.8 1v2.1c0 1.7-1.4 3.1-3.1 3A14.9 14.9 0 0 1 3.6 6.6c-.1-1.7 1.3-3.1 3-3.1Z",
  hangUp:
    "M2.8 13.9c-.5-1-.4-2.2.4-3C5.5 8.7 8.6 7.5 12 7.5s6.5 1.2 8.8 3.4c.8.8.9 2 .4 3l-.8 1.5c-.3.5-.8.7-1.3.5l-2.8-1c-.4-.2-.7-.5-.7-1l-.2-2.1a11 11 0 0 0-6.8 0l-.2 2.1c0 .5-.3.8-.7 1l-2.8 1c-.5.2-1 0-1.3-.5Z",
  microphone: "M12 3.5a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0v-5a3 3 0 0 1 3-3ZM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3",
  muted:
    "M4 4l16 16M9 9.5v2a3 3 0 0 0 4.6 2.5M15 11V6.5a3 3 0 0 0-5.7-1.3M5.5 11.5a6.5 6.5 0 0 0 10.3 5.3M18.5 11.5a6.5 6.5 0 0 1-.6 2.7M12 18v3",
  hold: "M9 5.5v13M15 5.5v13",
  erase: "M9 5.5h9a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H9L3.5 12ZM11 9.5l5 5M16 9.5l-5 5",
  close: "M6 6l12 12M18 6L6 18",
  again: "M4.5 12a7.5 7.5 0 1 1 2.2 5.3M4.5 20v-4.5H9",
  power: "M12 3.5v8M7 6.2a7.5 7.5 0 1 0 10 0",
  person: "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM4.5 20c.6-3.6 3.7-5.5 7.5-5.5s6.9 1.9 7.5 5.5",
  warning: "M12 4.5l8.5 15h-17ZM12 10v4M12 16.8v.1",
} as const;

export type IconName = keyof typeof drawings;

/** A picture beside a text that says the same: hidden from screen readers. */
export function Icon({ name, size = 24 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg class={`icon ${name}`} viewBox="0 0 24 24" width={size} height={size} aria-hidden="true" focusable="false">
      <path d={drawings[name]} />
    </svg>
  );
}

/** The product's mark. */
export function Mark({ size = 32 }: { readonly size?: number }) {
  return (
    <svg class="mark" viewBox="0 0 32 32" width={size} height={size} aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="9" />
      <path d="M8 9c8 0 8 7 16 7M8 23c8 0 8-7 16-7M8 16h10" />
      <circle cx="24" cy="16" r="2.6" />
    </svg>
  );
}
