import { commands, type StoryName } from './commands.ts';
import type { Project } from './project.ts';

/** The commands of docs/deploy.md that one story runs, each as it stands there. */
export type Page = {
  /** Those that it has not run yet, in the order of the table. */
  left(): readonly string[];
  /**
   * Runs one by a shell that has what those before it exported, and holds it to what the table expects of it; what it said. Names that a reader puts
   * in are put in by `inPlaceOf`.
   */
  run(command: string, inPlaceOf?: Readonly<Record<string, string>>): Promise<string>;
};

export function openPage(story: StoryName, project: Pick<Project, 'shell'>): Page {
  const left = new Map(
    Object.entries(commands).flatMap(([command, how]) => ('by' in how && how.by === story ? [[command, how]] : [])),
  );
  const exported: string[] = [];
  return {
    left: () => [...left.keys()],
    run: async (command, inPlaceOf = {}) => {
      const wanted = left.get(command);
      if (wanted === undefined) throw new Error(`commands.ts does not give this to ${story}, or once only: ${command}`);
      left.delete(command);
      if (command.startsWith('export ')) exported.push(command);
      const startedAt = Date.now();
      const { code, stdout, stderr } = await project.shell([...exported, put(command, inPlaceOf)].join('\n'));
      process.stderr.write(`${((Date.now() - startedAt) / 1_000).toFixed(0).padStart(8)} s  ${command}\n`);
      const said = `${stdout}${stderr}`;
      expect({ command, code, said }).toEqual({
        command,
        code: wanted.code ?? 0,
        said: expect.stringMatching(wanted.output),
      });
      return said;
    },
  };
}

function put(command: string, inPlaceOf: Readonly<Record<string, string>>): string {
  return Object.entries(inPlaceOf).reduce((text, [name, value]) => text.replaceAll(name, value), command);
}
