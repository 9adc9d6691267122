import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Mark } from "../ui/icon.tsx";
import "./entrance.css";

type EntranceProps = { readonly title: string; readonly children: ComponentChildren };

/** What stands before the phone: a title, some words, what can be done. A new title is read out. */
export function Entrance({ title, children }: EntranceProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [title]);
  return (
    <main class="entrance">
      <div class="entrance-card">
        <Mark size={56} />
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {children}
      </div>
    </main>
  );
}

/** Why something could not be done. */
export function Problem({ words }: { readonly words: string | undefined }) {
  if (words === undefined) return null;
  return (
    <p class="problem" role="alert" data-testid="access-problem">
      {words}
    </p>
  );
}
