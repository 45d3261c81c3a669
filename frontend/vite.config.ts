import { fileURLToPath } from "node:url";
import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = process.env.HEADWATER_URL ?? "http://127.0.0.1:3000";

export default defineConfig({
  plugins: [tanstackRouter(), react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: {
    host: "127.0.0.1",
    port: Number(process.env.PORT ?? 5173),
    // The server accepts unsafe methods from its own origin only, so the proxy speaks as that origin.
    proxy: {
      "/api": {
        target: server,
        changeOrigin: true,
        configure: (proxy) => proxy.on("proxyReq", (request) => request.setHeader("origin", server)),
      },
    },
  },
  build: { target: "es2022", manifest: true, sourcemap: false, chunkSizeWarningLimit: 900 },
  test: {
    environment: "jsdom",
    environmentOptions: { jsdom: { url: "http://localhost:3000/" } },
    globals: true,
    setupFiles: ["./src/testing/setup.ts"],
    testTimeout: 15_000,
    css: false,
    pool: "threads",
    maxWorkers: 2,
  },
});
