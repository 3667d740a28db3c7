import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One file of the page as it is served. */
export interface PageFile {
  readonly path: string;
  readonly type: string;
  readonly bytes: Buffer;
  /** Another one for other bytes. */
  readonly etag: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const PAGE = fileURLToPath(new URL('page/', import.meta.url));

/** A package's own folder, whichever of its files stands for it in Node. */
const folderOf = (name: string): string => {
  const entry = fileURLToPath(import.meta.resolve(name));
  return entry.slice(0, entry.lastIndexOf(`/${name}/`) + name.length + 2);
};

/** What is taken from packages, byte for byte: by its path below `/console/`, the file. */
const libraries = (): readonly (readonly [path: string, file: string])[] => {
  const [lit, plot] = [folderOf('lit-html'), folderOf('uplot')];
  return [
    ...['lit-html.js', 'directive.js', 'directive-helpers.js', 'directives/live.js', 'directives/repeat.js'].map(
      (file) => [`lib/lit-html/${file}`, join(lit, file)] as const,
    ),
    ['lib/uplot/uPlot.js', join(plot, 'dist/uPlot.esm.js')],
    ['lib/uplot/uPlot.css', join(plot, 'dist/uPlot.min.css')],
  ];
};

const pageFile = (path: string, file: string): PageFile => {
  const bytes = readFileSync(file);
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  return { path, type: TYPES[extname(file)] ?? 'application/octet-stream', bytes, etag };
};

/** Every file of the page, by its path below `/console/`; read once. They are plain modules: nothing is built. */
export const pageFiles = (): readonly PageFile[] => [
  ...readdirSync(PAGE).map((name) => pageFile(name, join(PAGE, name))),
  ...libraries().map(([path, file]) => pageFile(path, file)),
];
