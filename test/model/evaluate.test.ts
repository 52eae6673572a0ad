import fc from 'fast-check';
import { examples } from './examples.ts';
import { type History, histories } from './history.ts';
import { checkLaws } from './laws.ts';
import { sabotages } from './sabotage.ts';
import { crowdedScene, type Scene, usualScene } from './scene.ts';
import { live, type Sabotage } from './world.ts';

/** How many times as many histories as usual. */
const factor = Number(process.env['BURNWATCH_RUNS'] ?? 1);
/** For each of those histories, shrinking included. */
const mostMs = 3_000;

async function holds(scene: Scene, history: History, sabotage?: Sabotage): Promise<void> {
  await checkLaws(scene.config, await live(scene, history, sabotage));
}

describe('whatever becomes of ticks, evaluations, and the answers of DynamoDB and SNS', () => {
  const law = 'no transition is lost, none is told under two ids or before its time, and counts are those of the rows';

  it(
    `${law}`,
    async () => {
      const property = fc.asyncProperty(histories(2, 3), (history) => holds(usualScene, history));
      await fc.assert(property, { numRuns: 60 * factor });
    },
    100 * factor * mostMs,
  );

  it(
    `${law}, where more fires at once than one write carries`,
    async () => {
      const scene = crowdedScene(40);
      const property = fc.asyncProperty(histories(1, 1, 3), (history) => holds(scene, history));
      await fc.assert(property, { numRuns: 3 * factor });
    },
    100 * factor * mostMs,
  );

  it.each(Object.entries(examples))(`${law}, when %s`, async (_, history) => {
    await holds(usualScene, history);
  });
});

describe('the model notices it when', () => {
  it.each(Object.entries(sabotages))(
    '%s',
    async (_, sabotage) => {
      const property = fc.asyncProperty(histories(2, 3), (history) => holds(usualScene, history, sabotage));
      const { failed } = await fc.check(property, { seed: 1, numRuns: 300, endOnFailure: true });
      expect(failed).toBe(true);
    },
    120_000,
  );
});
