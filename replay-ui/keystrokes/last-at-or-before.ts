/** Index of the last of the ascending `items` whose moment is not after `moment`; -1 where none is. */
export function lastAtOrBefore<Item>(items: readonly Item[], momentOf: (item: Item) => number, moment: number): number {
  let [low, high] = [0, items.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const item = items[middle]
    if (item !== undefined && momentOf(item) <= moment) low = middle + 1
    else high = middle
  }
  return low - 1
}
