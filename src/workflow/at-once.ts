/**
 * Runs `work` over items, so many at once, taking the next one when one has ended. After a failure no further one is begun, `onFailure`
 * is called, and the failure is thrown when the others in work have ended.
 */
export async function runAtOnce<Item>(items: AsyncIterable<Item> | Iterable<Item>, atOnce: number, work: (item: Item) => Promise<void>, onFailure: () => void = () => {}): Promise<void> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const failures: unknown[] = [];
  // An iterator is asked for one item at a time.
  let turn: Promise<unknown> = Promise.resolve();
  const next = (): Promise<IteratorResult<Item>> => {
    const step = turn.then(() => iterator.next());
    turn = step;
    return step;
  };
  const worker = async (): Promise<void> => {
    try {
      for (let step = await next(); step.done !== true && failures.length === 0; step = await next()) await work(step.value);
    } catch (error) {
      failures.push(error);
      onFailure();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  await iterator.return?.();
  if (failures.length > 0) throw failures[0];
}
