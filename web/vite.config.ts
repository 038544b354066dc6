import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { sampleServer } from "./dev/server.ts";

// `PORTICO_URL` points `npm run dev` at a running portal; without it the pages are served by the samples in dev/.
const portal = process.env.PORTICO_URL;

export default defineConfig({
  plugins: [react(), ...(portal ? [] : [sampleServer()])],
  server: { proxy: portal ? { "/api": portal, "/hooks": portal } : undefined },
  build: { target: "es2022", sourcemap: false, chunkSizeWarningLimit: 600 },
});
