/** A file of a folder that somebody dropped or chose. */
export interface ChosenFile {
  /** From the folder on, `/`-separated. */
  path: string;
  file: File;
}

/** What is in a folder. */
export interface ChosenFolder {
  files: ChosenFile[];
  /** Paths that could not be read. */
  unreadable: string[];
}

/** The files of a folder that was chosen by an input with `webkitdirectory`. */
export function readChosen(list: FileList): ChosenFolder {
  return { files: Array.from(list, (file) => ({ path: file.webkitRelativePath === '' ? file.name : file.webkitRelativePath, file })), unreadable: [] };
}

/**
 * Walks what was dropped, without recursion. The entries have to be taken from the event at once: it forgets them.
 * @param isStopped asked before each folder
 */
export async function walkDropped(entries: readonly FileSystemEntry[], onCount: (files: number) => void, isStopped: () => boolean): Promise<ChosenFolder> {
  const found: ChosenFolder = { files: [], unreadable: [] };
  const waiting = [...entries];
  for (let entry = waiting.pop(); entry !== undefined && !isStopped(); entry = waiting.pop()) {
    const path = entry.fullPath.replace(/^\//, '');
    try {
      if (entry.isFile) found.files.push({ path, file: await openEntry(entry as FileSystemFileEntry) });
      else await listFolder(entry as FileSystemDirectoryEntry, found, waiting);
    } catch {
      found.unreadable.push(path);
    }
    onCount(found.files.length);
  }
  return found;
}

async function listFolder(folder: FileSystemDirectoryEntry, found: ChosenFolder, waiting: FileSystemEntry[]): Promise<void> {
  const reader = folder.createReader();
  for (;;) {
    // A browser gives some entries at a time, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    waiting.push(...some.filter((entry) => entry.isDirectory));
    const files = some.filter((entry) => entry.isFile);
    const opened = await Promise.allSettled(files.map((entry) => openEntry(entry as FileSystemFileEntry)));
    for (const [at, outcome] of opened.entries()) {
      const path = files[at]!.fullPath.replace(/^\//, '');
      if (outcome.status === 'fulfilled') found.files.push({ path, file: outcome.value });
      else found.unreadable.push(path);
    }
  }
}

function openEntry(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}
