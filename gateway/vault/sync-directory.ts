import { open } from 'node:fs/promises'

/** The names in this directory survive power loss as the bytes of its files do. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
