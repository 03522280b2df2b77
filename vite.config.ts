import { defineConfig } from 'vite'
import solid from 'vite-plugin-solid'

export default defineConfig({
  root: 'replay-ui',
  plugins: [solid()],
  build: { outDir: '../dist/pages', emptyOutDir: true, target: 'es2023' },
  // `npx vite` beside a running gateway: pages reload as they are edited.
  server: { proxy: { '/api': 'http://localhost:8080' } },
})
