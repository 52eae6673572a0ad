/**
 * What all of it comes to, or the first error once everything has ended: what still went on after an invocation had failed would
 * go on in the next one, and change its memory.
 */
export async function together<const Work extends readonly unknown[]>(work: Work) {
  await Promise.allSettled(work);
  return Promise.all(work);
}
