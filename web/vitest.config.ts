import { defineConfig } from "vitest/config";

// Times are read in the reader's zone, never in the machine's: the tests run in one that is nobody's here.
process.env.TZ = "Pacific/Chatham";

export default defineConfig({ test: { include: ["src/**/*.test.ts"], environment: "node" } });
