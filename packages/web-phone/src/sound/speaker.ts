/** Where the far end is heard. */
export interface Speaker {
  play(stream: MediaStream): void;
  stop(): void;
}

/** Plays through an audio element of the page. */
export function elementSpeaker(element: HTMLAudioElement): Speaker {
  return {
    play(stream) {
      element.srcObject = stream;
      // A browser may refuse before the first click; the element has `autoplay` and starts with it.
      element.play().catch(() => {});
    },
    stop() {
      element.pause();
      element.srcObject = null;
    },
  };
}
