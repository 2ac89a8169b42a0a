/** A file of a folder that somebody dropped or chose. */
export interface ChosenFile {
  /** From the folder on, `/`-separated. */
  path: string;
  file: File;
  /** In bytes; asked once, since a browser may have to ask the disk each time. */
  size: number;
}

/** What is in a folder. */
export interface ChosenFolder {
  files: ChosenFile[];
  /** Paths that could not be read. */
  unreadable: string[];
}

/** How long the page may be busy before it has to answer its reader, in milliseconds. */
const BUSY_MS = 30;

/**
 * The files of a folder that was chosen by an input with `webkitdirectory`. The browser asks the disk for every size: in between
 * the page breathes.
 * @param isStopped asked again and again
 */
export async function readChosen(list: FileList, onCount: (files: number) => void, isStopped: () => boolean): Promise<ChosenFolder> {
  const found: ChosenFolder = { files: [], unreadable: [] };
  let since = performance.now();
  for (let at = 0; at < list.length && !isStopped(); at++) {
    const file = list[at]!;
    found.files.push({ path: file.webkitRelativePath === '' ? file.name : file.webkitRelativePath, file, size: file.size });
    if (performance.now() - since < BUSY_MS) continue;
    onCount(found.files.length);
    await new Promise((resolve) => setTimeout(resolve));
    since = performance.now();
  }
  return found;
}

/** A file or folder that was dropped: by the File System API where the browser has it, since Chromium gives no folder of a page from file:// by the older one. */
type Dropped = { handle: Promise<FileSystemHandle | null> } | { entry: FileSystemEntry };

/** An item as Chromium has it. */
interface ItemWithHandle extends DataTransferItem {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}

/** Takes what was dropped from the event, which forgets it when it is over. */
export function takeDropped(items: DataTransferItemList): Dropped[] {
  return Array.from(items, (item: ItemWithHandle) => (item.getAsFileSystemHandle === undefined ? item.webkitGetAsEntry() : item.getAsFileSystemHandle())).flatMap((each) =>
    each === null ? [] : [each instanceof Promise ? { handle: each } : { entry: each }],
  );
}

/** One place of a tree: what is in a folder, or the file. */
interface Place {
  path: string;
  read(): Promise<File | Place[]>;
}

/** Files and folders that are read at once. */
const READ_AT_ONCE = 256;

/**
 * Walks what was dropped, without recursion.
 * @param isStopped asked again and again
 */
export async function walkDropped(dropped: readonly Dropped[], onCount: (files: number) => void, isStopped: () => boolean): Promise<ChosenFolder> {
  const found: ChosenFolder = { files: [], unreadable: [] };
  const waiting: Place[] = [];
  for (const each of dropped) {
    const handle = 'handle' in each ? await each.handle : null;
    if ('entry' in each) waiting.push(placeOfEntry(each.entry));
    else if (handle !== null) waiting.push(placeOfHandle(handle, handle.name));
  }
  while (waiting.length > 0 && !isStopped()) {
    const some = waiting.splice(-READ_AT_ONCE);
    const outcomes = await Promise.allSettled(some.map((place) => place.read()));
    for (const [at, outcome] of outcomes.entries()) {
      const { path } = some[at]!;
      if (outcome.status === 'rejected') found.unreadable.push(path);
      else if (Array.isArray(outcome.value)) for (const place of outcome.value) waiting.push(place);
      else found.files.push({ path, file: outcome.value, size: outcome.value.size });
    }
    onCount(found.files.length);
  }
  return found;
}

function placeOfHandle(handle: FileSystemHandle, path: string): Place {
  return {
    path,
    async read() {
      if (handle.kind === 'file') return (handle as FileSystemFileHandle).getFile();
      const places: Place[] = [];
      for await (const [name, child] of (handle as FileSystemDirectoryHandle).entries()) places.push(placeOfHandle(child, `${path}/${name}`));
      return places;
    },
  };
}

function placeOfEntry(entry: FileSystemEntry): Place {
  return {
    path: entry.fullPath.replace(/^\//, ''),
    async read() {
      if (entry.isFile) return new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
      const reader = (entry as FileSystemDirectoryEntry).createReader();
      const places: Place[] = [];
      for (;;) {
        // A browser gives some entries at a time, and none at the end.
        const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
        if (some.length === 0) return places;
        for (const each of some) places.push(placeOfEntry(each));
      }
    },
  };
}
