/** What a command may touch of the world, so that a test can hand it a world of its own. */
export type Io = {
  /** Results. With --json nothing else is written here. */
  readonly stdout: (text: string) => void;
  /** Progress, warnings and errors. */
  readonly stderr: (text: string) => void;
  /** Standard input, for the commands that ask. */
  readonly stdin: NodeJS.ReadableStream;
  /** Both standard input and standard output are a terminal: there is somebody to ask. */
  readonly isInteractive: boolean;
  /** Standard output is a terminal. */
  readonly isTerminal: boolean;
  /** Colours are wanted: standard output is a terminal and NO_COLOR is not set. */
  readonly hasColors: boolean;
  /** Width of the terminal in columns; 80 where there is none. */
  readonly columns: number;
  /** Width of standard error in columns where it is a terminal, for a line of progress; 0 elsewhere. Asked for anew each time. */
  readonly progressColumns: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths of arguments start here. */
  readonly cwd: string;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
};

/** One verb of the `burnwatch` command. */
export type Command = {
  /** As it is typed: `probe`, `slo replay`. */
  readonly name: string;
  /** One line in the list of commands. */
  readonly summary: string;
  /** The whole text of `burnwatch <name> --help`, examples included. */
  readonly help: string;
  /**
   * Runs the command with the arguments after its name and answers the exit code:
   * 0 fine, 1 what was checked did not hold, 2 bad usage or configuration. Throws only when it is a bug,
   * or a BurnwatchError, whose message is printed (exit 2).
   */
  readonly run: (argv: readonly string[], io: Io) => Promise<number>;
  /** Commands of its own, by the word that follows its name: `burnwatch slo replay`. `run` takes what is none of them. */
  readonly verbs?: Readonly<Record<string, () => Promise<Command>>>;
};
