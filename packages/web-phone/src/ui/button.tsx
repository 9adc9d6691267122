import type { ComponentChildren } from "preact";
import "./button.css";
import { Icon, type IconName } from "./icon.tsx";

type Look = "accent" | "good" | "danger" | "plain" | "quiet";

type ButtonProps = {
  readonly look?: Look;
  readonly icon?: IconName;
  /** Only the icon is seen; the text is read out. */
  readonly round?: boolean;
  readonly testId?: string;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
  /** The second click of a double click is not meant: it was aimed at what stood here before. */
  readonly onceOnly?: boolean;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
};

/** The one button of the product. */
export function Button({
  look = "plain",
  icon,
  round,
  testId,
  disabled,
  pressed,
  onceOnly,
  onClick,
  children,
}: ButtonProps) {
  return (
    <button
      type="button"
      class={`button ${look}${round ? " round" : ""}`}
      data-testid={testId}
      disabled={disabled ?? false}
      aria-pressed={pressed}
      onClick={(event) => {
        if (onceOnly !== true || event.detail < 2) onClick();
      }}
    >
      {icon && <Icon name={icon} size={round ? 24 : 20} />}
      <span class={round ? "for-reader" : "label"}>{children}</span>
    </button>
  );
}
