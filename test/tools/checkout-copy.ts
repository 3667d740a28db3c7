import { cp, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDERS = ['bench', 'deploy', 'docs', 'examples', 'simulator', 'src', 'test', 'tools'];
const FILES = ['package.json', 'package-lock.json', 'tsconfig.json', '.prettierrc.json', '.mocharc.json'];

/** Sources of this checkout in a folder of their own, which a test may change; the packages are shared. */
export class CheckoutCopy {
  private program: ts.Program | undefined;

  private constructor(readonly root: string) {}

  static async make(): Promise<CheckoutCopy> {
    const root = await mkdtemp(join(tmpdir(), 'orderly-checkout-'));
    for (const name of [...FOLDERS, ...FILES]) await cp(join(ROOT, name), join(root, name), { recursive: true });
    await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    return new CheckoutCopy(root);
  }

  read(path: string): Promise<string> {
    return readFile(join(this.root, path), 'utf8');
  }

  write(path: string, text: string): Promise<void> {
    return writeFile(join(this.root, path), text);
  }

  /** Puts `text` where `anchor` is, which must be there once. */
  async replace(path: string, anchor: string, text: string): Promise<void> {
    const parts = (await this.read(path)).split(anchor);
    if (parts.length !== 2) throw new Error(`${path} has ${anchor} ${parts.length - 1} times`);
    await this.write(path, parts.join(text));
  }

  /** Every file below the root but packages, with what is in it. */
  async contents(): Promise<ReadonlyMap<string, string>> {
    const names = await Promise.all(
      FOLDERS.map(async (folder) =>
        (await readdir(join(this.root, folder), { recursive: true, withFileTypes: true }))
          .filter((entry) => entry.isFile())
          .map((entry) => relative(this.root, join(entry.parentPath, entry.name))),
      ),
    );
    return new Map(
      await Promise.all([...FILES, ...names.flat()].map(async (name) => [name, await this.read(name)] as const)),
    );
  }

  /** Every file below the root but packages is again as `contents` told it. */
  async restore(contents: ReadonlyMap<string, string>): Promise<void> {
    const now = await this.contents();
    for (const path of now.keys()) if (!contents.has(path)) await rm(join(this.root, path));
    for (const [path, text] of contents) if (now.get(path) !== text) await this.write(path, text);
  }

  /** What the compiler says of `files` and all that they import: `path: message`. */
  complaints(files: readonly string[]): readonly string[] {
    const config = ts.getParsedCommandLineOfConfigFile(
      join(this.root, 'tsconfig.json'),
      {},
      {
        ...ts.sys,
        onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
          throw new Error(ts.flattenDiagnosticMessageText(messageText, ' '));
        },
      },
    );
    if (config === undefined) throw new Error('no tsconfig.json');
    const roots = files.map((file) => join(this.root, file));
    this.program = ts.createProgram(roots, config.options, undefined, this.program);
    return ts.getPreEmitDiagnostics(this.program).map(({ file, messageText }) => {
      const path = file === undefined ? '' : relative(this.root, file.fileName);
      return `${path}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
  }

  remove(): Promise<void> {
    return rm(this.root, { recursive: true });
  }
}
