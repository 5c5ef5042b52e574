/**
 * Builds `dist/` for the packed product: Node does not strip types below `node_modules`. One file stays one file, so that
 * commands are still loaded lazily, workers find their files, and two ways to a module lead to the same one.
 */
import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['src/**/*.ts', '!src/**/*.test.ts'],
  unbundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  outDir: 'dist',
  outExtensions: () => ({ js: '.js' }),
  sourcemap: false,
  // Declarations come from the compiler (tsconfig.build.json): the bundler's own way stopped half-way on this many files.
  dts: false,
  report: false,
  logLevel: 'warn',
  plugins: [
    {
      // Imports are rewritten by the bundler; a worker named by its address is not.
      name: 'worker-addresses',
      transform: (code: string) => code.replace(/(new URL\(\s*['"]\.{1,2}\/[^'"]+)\.ts(['"],\s*import\.meta\.url)/g, '$1.js$2'),
    },
  ],
})
