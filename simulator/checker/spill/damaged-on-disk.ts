/** What was kept on disk cannot be read back as it was written. */
export class DamagedOnDisk extends Error {
  override readonly name = 'DamagedOnDisk';
}
