// A source that never ends, for inputs.

/** Numbers without end, and how the source was treated. */
export function endless(): { numbers: AsyncGenerator<number>; source: { taken: number; isReturned: boolean } } {
  const source = { taken: 0, isReturned: false };
  async function* numbers(): AsyncGenerator<number> {
    try {
      while (true) yield ++source.taken;
    } finally {
      source.isReturned = true;
    }
  }
  return { numbers: numbers(), source };
}
