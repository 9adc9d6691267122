import { registerHooks } from "node:module";

// A media worker that refuses to load werift, whoever asks for it.
registerHooks({
  resolve: (specifier, context, next) => {
    const found = next(specifier, context);
    if (/\/werift\/|\/webrtc\/(peer|here|rehearsal|werift-inside)\.ts/.test(found.url)) {
      throw new Error(`a media worker loads ${found.url}`);
    }
    return found;
  },
});
await import("../src/worker/main.ts");
