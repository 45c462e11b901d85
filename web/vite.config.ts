import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

// The gateway that `npm run dev` talks to.
const gateway = process.env.HOTLINE_GATEWAY ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: {
    proxy: {
      "/v1": { target: gateway, ws: true, changeOrigin: false },
      "/openapi.json": gateway,
    },
  },
  esbuild: { legalComments: "eof" }, // licences ask that their notices go where the code goes
  build: {
    outDir: "dist",
    target: "es2021",
    manifest: true, // read by scripts/check-size.mjs
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1500,
  },
});
