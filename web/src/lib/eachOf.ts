// Work over many items, a few at a time, that says how far it is and which failed.
const AT_ONCE = 4; // requests under way

export interface Failed<T> {
  item: T;
  error: unknown;
}

export async function eachOf<T>(items: T[], work: (item: T) => Promise<unknown>, onProgress?: (done: number) => void): Promise<Failed<T>[]> {
  const failed: Failed<T>[] = [];
  const rest = [...items];
  let done = 0;
  const worker = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) {
      try {
        await work(item);
      } catch (error) {
        failed.push({ item, error });
      }
      done += 1;
      onProgress?.(done);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return failed;
}
