const key = "trunkline.online";

/** Whether this browser was online when its person last chose; a browser that keeps nothing says no. */
export function wasOnline(storage: Storage): boolean {
  try {
    return storage.getItem(key) === "yes";
  } catch {
    return false;
  }
}

export function rememberOnline(storage: Storage, online: boolean): void {
  try {
    if (online) storage.setItem(key, "yes");
    else storage.removeItem(key);
  } catch {
    // Private windows may keep nothing: the person clicks again next time.
  }
}
