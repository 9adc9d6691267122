import { preact } from "@preact/preset-vite";
import { defineConfig } from "vite";

const server = "http://127.0.0.1:8080";

/**
 * The built page has no inline script, style or data URI, so that a strict Content-Security-Policy holds.
 * The development server passes the API and the SIP socket on to a running `trunkline`; the browser's Origin is then
 * `http://localhost:5173`, which that server refuses, so the proxy names the server's own origin instead.
 */
export default defineConfig({
  plugins: [preact({ devToolsEnabled: false })],
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: "es2022" },
  server: {
    port: 5173,
    strictPort: true,
    proxy: {
      "/ws": { target: server, ws: true, changeOrigin: true, headers: { origin: server } },
      "/api": { target: server, changeOrigin: true, headers: { origin: server } },
      "/healthz": { target: server, changeOrigin: true },
    },
  },
});
