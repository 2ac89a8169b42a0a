/** Does the work of the next few items while the first is waited for; gives the results in the order of the items. */
export async function* ahead<Item, Result>(items: AsyncIterable<Item>, atOnce: number, work: (item: Item) => Promise<Result>): AsyncGenerator<Result, void> {
  const running: Promise<Result>[] = [];
  for await (const item of items) {
    const result = work(item);
    // Whoever waits for it hears of its failure; until then it must not count as one that nobody hears of.
    result.catch(() => undefined);
    running.push(result);
    if (running.length >= atOnce) yield await (running.shift() as Promise<Result>);
  }
  for (const result of running) yield await result;
}
