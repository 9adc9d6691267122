/** The sounds that the page makes by itself. */
export interface PhoneSounds {
  /** Lets sound out: browsers want a click or a key first. */
  unlock(): void;
  /** An incoming call rings until `quiet`. */
  ring(): void;
  /** The far phone rings until `quiet`. */
  ringback(): void;
  quiet(): void;
  /** The tone of one key, for the person's ear only. */
  key(key: string): void;
}
