/**
 * Runs `work` over items, so many at once, taking the next one when one has ended. The first failure is thrown when the others in work
 * have ended, and no further one is begun.
 */
export async function runAtOnce<Item>(items: AsyncIterable<Item>, atOnce: number, work: (item: Item) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.asyncIterator]();
  const failures: unknown[] = [];
  // An iterator is asked for one item at a time.
  let turn: Promise<IteratorResult<Item>> = Promise.resolve({ done: false, value: undefined as Item });
  const next = (): Promise<IteratorResult<Item>> => (turn = turn.then(() => iterator.next()));
  const worker = async (): Promise<void> => {
    try {
      for (let step = await next(); step.done !== true && failures.length === 0; step = await next()) await work(step.value);
    } catch (error) {
      failures.push(error);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  await iterator.return?.();
  if (failures.length > 0) throw failures[0];
}
